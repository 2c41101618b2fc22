import "zcache";

function Cached(): MethodDecorator {
  return () => undefined;
}

export class Users {
  @Cached()
  async profile(id: number): Promise<string> {
    return (await fetch(`/${id}`)).text();
  }

  async change(id: number): Promise<void> {
    await this.profile.invalidate(id);
  }
}

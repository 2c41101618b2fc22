// expect: not-annotated@15:25
import "zcache";

export class Users {
  // @zcache
  async profile(id: number): Promise<string> {
    return (await fetch(`/${id}`)).text();
  }

  async settings(id: number): Promise<string> {
    return (await fetch(`/${id}/settings`)).text();
  }

  async change(id: number): Promise<void> {
    await this.settings.invalidate(id);
  }
}

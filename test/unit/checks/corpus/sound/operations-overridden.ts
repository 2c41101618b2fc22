import "zcache";

export class Repository {
  async find(id: number): Promise<string> {
    return `plain ${id}`;
  }

  async change(id: number): Promise<void> {
    await this.find.invalidate(id);
  }
}

export class Users extends Repository {
  // @zcache
  override async find(id: number): Promise<string> {
    return (await fetch(`/${id}`)).text();
  }
}

// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const name = function (this: Accounts): string {
      return this.tenant;
    };
    return name.call(this) + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const box: { owner?: Accounts } = {};
    box.owner = this;
    return box.owner.tenant + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    let tenant: string;
    ({ ["tenant"]: tenant } = this);
    return tenant + String(id);
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

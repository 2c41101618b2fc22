// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const describe = (n: number, tenant = this.tenant): string => tenant + n;
    return describe(id);
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

// expect: incomplete-key@7:6
const field = "tenant";

class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const { [field]: tenant } = this;
    return tenant + String(id);
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

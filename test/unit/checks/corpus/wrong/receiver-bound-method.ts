// expect: incomplete-key@9:6
class Accounts {
  constructor(readonly tenant: string) {}

  query(id: number): string {
    return this.tenant + id;
  }

  // @zcache
  async load(id: number): Promise<string> {
    const query = this.query.bind(this);
    return query(id);
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number, field: string): Promise<string> {
    return String(this[field as keyof this]) + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

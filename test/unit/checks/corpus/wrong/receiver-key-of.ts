// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const field = "tenant";
    return String(this[field as keyof this]) + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

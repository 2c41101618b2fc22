// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    return String(Object.getOwnPropertyDescriptor(this, "tenant")?.value) + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

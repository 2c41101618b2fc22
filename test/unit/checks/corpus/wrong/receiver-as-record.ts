// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const fields = this as unknown as Record<string, string>;
    return fields["tenant"] + String(id);
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

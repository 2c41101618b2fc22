// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const values = Reflect.ownKeys(this).map((name) => String(Reflect.get(this, name)));
    return values.join() + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

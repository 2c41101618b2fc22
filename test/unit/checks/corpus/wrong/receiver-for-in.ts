// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    let all = "";
    for (const name in this) all += String(this[name]);
    return all + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

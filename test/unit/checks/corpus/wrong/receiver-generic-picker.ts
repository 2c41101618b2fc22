// expect: incomplete-key@9:6
function pick<T, K extends keyof T>(object: T, name: K): T[K] {
  return object[name];
}

class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    return String(pick(this, "tenant")) + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];

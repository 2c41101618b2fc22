// expect: incomplete-key@15:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

function pipe<A, B>(value: A, f: (value: A) => B): B {
  return f(value);
}

function tenantOf(accounts: Accounts): string {
  return accounts.tenant;
}

export class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async account(id: number): Promise<string> {
    return db.one(pipe(this, tenantOf), id);
  }
}
export const all = [new Accounts("a"), new Accounts("b")];

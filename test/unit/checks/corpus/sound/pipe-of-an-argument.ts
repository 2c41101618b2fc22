declare const db: { one(...parts: readonly unknown[]): Promise<string> };

function pipe<A, B>(value: A, f: (value: A) => B): B {
  return f(value);
}

const upper = (text: string): string => text.toUpperCase();

export class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async account(id: string): Promise<string> {
    return db.one(pipe(id, upper));
  }
}
export const all = [new Accounts("a"), new Accounts("b")];

// expect: incomplete-key@13:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

const tenant = Symbol("tenant");

export class Accounts {
  readonly [tenant]: string;

  constructor(name: string) {
    this[tenant] = name;
  }

  // @zcache
  async one(id: number): Promise<string> {
    return db.one(this[tenant], id);
  }
}

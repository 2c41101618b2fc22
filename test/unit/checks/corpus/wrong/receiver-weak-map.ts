// expect: incomplete-key@11:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

const tenants = new WeakMap<object, { readonly name: string }>();

export class Accounts {
  constructor(name: string) {
    tenants.set(this, { name });
  }

  // @zcache
  async one(id: number): Promise<string> {
    return db.one(tenants.get(this)?.name, id);
  }
}

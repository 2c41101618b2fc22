// expect: incomplete-key@11:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

const tenants = new WeakMap<object, string>();

export function bind(target: object, tenant: string): void {
  tenants.set(target, tenant);
}

export class Accounts {
  // @zcache ttl: 1m
  async account(id: number): Promise<string> {
    return db.one(tenants.get(this), id);
  }
}

// expect: incomplete-key@12:4
declare const db: { get(...values: unknown[]): Promise<string> };

// A store that all copies of a package share
const key = Symbol.for("app.tenant");
const store = globalThis as unknown as Record<symbol, string>;

export function enter(tenant: string): void {
  store[key] = tenant;
}

// @zcache ttl: 1m
export async function settings(name: string): Promise<string> {
  return db.get(store[key], name);
}

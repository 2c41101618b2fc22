// expect: incomplete-key@12:4
declare const db: { get(...values: unknown[]): Promise<string> };

declare global {
  var currentTenant: string;
}

export function run(tenant: string): void {
  globalThis.currentTenant = tenant;
}

// @zcache ttl: 1m
export async function quota(user: number): Promise<string> {
  return db.get(globalThis.currentTenant, user);
}

// expect: incomplete-key@7:4
interface Scope {
  readonly tenant: string;
}
declare const db: { menu(tenant: string, day: string): Promise<string[]> };

// @zcache
export async function menu(this: Scope, day: string): Promise<string[]> {
  return db.menu(this.tenant, day);
}

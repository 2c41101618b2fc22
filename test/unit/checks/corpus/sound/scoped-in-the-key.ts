interface Db {
  forTenant(tenant: string): Db;
  first(id: number): Promise<string>;
}
declare const db: Db;
// @zcache
export async function find(tenant: string, id: number): Promise<string> {
  const scoped = db.forTenant(tenant);
  return scoped.first(id);
}

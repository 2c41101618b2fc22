// expect: incomplete-key@9:6
interface Db {
  forTenant(tenant: string): Db;
  first(id: number): Promise<string>;
}
declare const db: Db;
export function handler(req: { tenant: string; id: number }): Promise<string> {
  const scoped = db.forTenant(req.tenant);
  // @zcache
  const find = async (id: number): Promise<string> => scoped.first(id);
  return find(req.id);
}

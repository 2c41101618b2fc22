// expect: incomplete-key@8:4
declare function query(...parts: unknown[]): Promise<string>;

let tenant = "";
export async function all(tenants: string[]): Promise<void> {
  for (tenant of tenants) await load(1);
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(tenant, id);
}

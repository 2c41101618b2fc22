// expect: incomplete-key@9:4, incomplete-key@9:4
declare function query(...parts: unknown[]): Promise<string>;

let tenant = "",
  region = "";
export function enter(options: { tenant: string; region: string }): void {
  ({ tenant, region } = options);
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(tenant, region, id);
}

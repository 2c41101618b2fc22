// expect: incomplete-key@8:4
declare function query(...parts: unknown[]): Promise<string>;

let tenant = "";
export function enter(parts: [string, string]): void {
  [tenant] = parts;
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(tenant, id);
}

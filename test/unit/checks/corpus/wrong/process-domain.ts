// expect: caller-context@10:4
declare function query(...parts: unknown[]): Promise<string>;

interface Scope {
  tenant: string;
}
function tenant(): string {
  return (process as unknown as { domain: Scope }).domain.tenant;
}
// @zcache
export async function load(id: number): Promise<string> {
  return query(tenant(), id);
}

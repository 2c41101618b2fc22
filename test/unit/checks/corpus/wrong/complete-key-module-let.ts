// expect: incomplete-key@10:4
declare const db: { get(tenant: string, id: number): Promise<string> };

let currentTenant = "public";

export function setTenant(tenant: string): void {
  currentTenant = tenant;
}

// @zcache
export async function load(id: number): Promise<string> {
  return db.get(currentTenant, id);
}

declare const db: { get(tenant: string): Promise<string> };

export function createTenants(tenant: string) {
  // @zcache
  async function load(tenant: string): Promise<string> {
    return db.get(tenant);
  }
  return { load, first: () => load(tenant) };
}

// expect: incomplete-key@5:6
declare const db: { get(tenant: string, id: number): Promise<string> };

export function createUsers(tenant: string) {
  // @zcache ttl: 1m
  async function load(id: number): Promise<string> {
    return db.get(tenant, id);
  }
  return { load };
}

// expect: incomplete-key@6:6
declare const db: { get(tenant: string, id: number): Promise<string> };

export function createSession() {
  let tenant = "public";
  // @zcache
  async function load(id: number): Promise<string> {
    return db.get(tenant, id);
  }
  return { load, enter: (name: string) => void (tenant = name) };
}

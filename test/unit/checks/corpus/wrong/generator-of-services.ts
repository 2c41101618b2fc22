// expect: incomplete-key@7:10
// Each step of the generator makes a service of its own.
declare const db: { get(...v: unknown[]): Promise<string> };
function* services(tenants: string[]): Generator<{ load(id: number): Promise<string> }> {
  for (const tenant of tenants) {
    yield {
      // @zcache
      async load(id: number): Promise<string> { return db.get(tenant, id); },
    };
  }
}
export const all = [...services(["a", "b"])];

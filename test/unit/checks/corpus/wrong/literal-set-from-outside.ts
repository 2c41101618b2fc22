// expect: incomplete-key@6:6
// A handler gives the literal of the module another value.
declare const db: { get(...v: unknown[]): Promise<string> };
export const accounts = {
  tenant: "none",
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.tenant, id); },
};
export async function handle(tenant: string, id: number): Promise<string> { accounts.tenant = tenant; return accounts.load(id); }

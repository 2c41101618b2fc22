// expect: incomplete-key@7:6
// A method of the literal puts its caller's value into it.
declare const db: { get(...v: unknown[]): Promise<string> };
export const accounts = {
  tenant: "none",
  use(tenant: string) { this.tenant = tenant; return this; },
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.tenant, id); },
};

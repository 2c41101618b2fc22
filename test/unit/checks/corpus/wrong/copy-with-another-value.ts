// expect: incomplete-key@7:6
// A method makes another object of the class, and gives it its caller's value.
declare const db: { get(...v: unknown[]): Promise<string> };
export class Accounts {
  protected tenant: string | null = null;
  forTenant(tenant: string): Accounts { const copy = new Accounts(); copy.tenant = tenant; return copy; }
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.tenant, id); }
}

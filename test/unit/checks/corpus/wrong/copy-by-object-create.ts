// expect: incomplete-key@7:6
// A method makes a copy by Object.create, and assigns its caller's value to it.
declare const db: { get(...v: unknown[]): Promise<string> };
export class Accounts {
  tenant = "none";
  forTenant(tenant: string): Accounts { return Object.assign(Object.create(this) as Accounts, { tenant }); }
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.tenant, id); }
}

// expect: incomplete-key@7:6
// The function in the field returns the constructor's argument.
declare const db: { get(...v: unknown[]): Promise<string> };
export class Accounts {
  private readonly tenantOf: () => string;
  constructor(tenant: string) { this.tenantOf = () => tenant; }
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.tenantOf(), id); }
}

// expect: incomplete-key@6:6
// The object is given a promise of what tells the callers apart.
declare const db: { get(...v: unknown[]): Promise<string> };
export class Accounts {
  constructor(private readonly session: Promise<{ tenant: string }>) {}
  // @zcache
  async load(id: number): Promise<string> { const { tenant } = await this.session; return db.get(tenant, id); }
}

// expect: incomplete-key@7:6
// The function in the field is bound to the constructor's argument.
interface Db { get(...v: unknown[]): Promise<string> }
export class Accounts {
  private readonly get: (id: number) => Promise<string>;
  constructor(db: Db, tenant: string) { this.get = db.get.bind(db, tenant); }
  // @zcache
  async load(id: number): Promise<string> { return this.get(id); }
}

declare function query(...parts: unknown[]): Promise<string>;

const defaults = { table: "users" };
export class Users {
  private table = "";
  reset(): void {
    Object.assign(this, { rows: 0 });
  }
  constructor() {
    Object.assign(this, defaults);
  }
  // @zcache
  async load(id: number): Promise<string> {
    return query(this.table, id);
  }
}

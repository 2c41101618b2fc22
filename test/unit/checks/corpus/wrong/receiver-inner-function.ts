// expect: incomplete-key@7:6
declare const db: { one(tenant: string, id: number): Promise<string> };

export class Carts {
  constructor(private readonly tenant: string) {}

  // @zcache
  async all(...ids: number[]): Promise<string[]> {
    const me = this;
    function load(id: number): Promise<string> {
      return db.one(me.tenant, id);
    }
    return Promise.all(ids.map(load));
  }
}

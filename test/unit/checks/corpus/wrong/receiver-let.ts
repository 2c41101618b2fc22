// expect: incomplete-key@7:6
declare const db: { one(tenant: string, id: number): Promise<string> };

export class Menus {
  constructor(private readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    let that: Menus;
    that = this;
    return db.one(that.tenant, id);
  }
}

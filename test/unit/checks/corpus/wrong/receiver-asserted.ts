// expect: incomplete-key@7:6, incomplete-key@12:6, incomplete-key@17:6
declare const db: { one(tenant: string, id: number): Promise<string> };

export class Invoices {
  constructor(private readonly tenant: string) {}

  // @zcache
  async asserted(id: number): Promise<string> {
    return db.one((this as Invoices).tenant, id);
  }

  // @zcache
  async present(id: number): Promise<string> {
    return db.one(this!.tenant, id);
  }

  // @zcache
  async indexed(id: number): Promise<string> {
    return db.one(this["tenant"], id);
  }
}

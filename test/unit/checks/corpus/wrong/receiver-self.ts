// expect: incomplete-key@7:6
declare const db: { one(tenant: string, id: number): Promise<string> };

export class Invoices {
  constructor(private readonly tenant: string) {}

  // @zcache ttl: 5m
  async load(id: number): Promise<string> {
    const self = this;
    return db.one(self.tenant, id);
  }
}

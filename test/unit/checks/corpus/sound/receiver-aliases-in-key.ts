// However it is written, it is in the key.
declare const db: { one(tenant: string, id: number): Promise<string> };

export class Invoices {
  constructor(readonly tenant: string) {}

  // @zcache key: "invoice:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    const self = this;
    return db.one(self.tenant, id);
  }

  // @zcache key: "indexed:{this.tenant}:{id}"
  async indexed(id: number): Promise<string> {
    return db.one(this["tenant"], id);
  }

  // @zcache key: "given:{this.tenant}:{id}"
  async given(id: number): Promise<string> {
    return db.one(tenantOf(this), id);
  }
}

function tenantOf({ tenant }: Invoices): string {
  return tenant;
}

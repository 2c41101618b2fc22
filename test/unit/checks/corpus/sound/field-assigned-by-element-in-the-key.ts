declare function query(...parts: unknown[]): Promise<string>;

export class Invoices {
  tenant = "";
  enter(tenant: string): void {
    this["tenant"] = tenant;
  }
  // @zcache key: "invoice:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    return query(this.tenant, id);
  }
}

declare function query(...parts: unknown[]): Promise<string>;

export class Invoices {
  constructor(readonly tenant: string) {}
  // @zcache key: "invoice:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    return query(new Proxy(this, {}).tenant, id);
  }
}

// expect: incomplete-key@6:6
declare function query(...parts: unknown[]): Promise<string>;

export class Invoices {
  constructor(readonly tenant: string) {}
  // @zcache
  async load(id: number): Promise<string> {
    return query(new Proxy(this, {}).tenant, id);
  }
}

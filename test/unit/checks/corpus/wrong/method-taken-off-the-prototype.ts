// expect: incomplete-key@9:6
declare function query(...parts: unknown[]): Promise<string>;

export class Invoices {
  constructor(private readonly tenant: string) {}
  getTenant(): string {
    return this.tenant;
  }
  // @zcache
  async load(id: number): Promise<string> {
    const { getTenant } = Invoices.prototype;
    return query(getTenant.call(this), id);
  }
}

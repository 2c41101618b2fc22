declare function query(...parts: unknown[]): Promise<string>;

export class Invoices {
  table(): string {
    return "invoices";
  }
  // @zcache
  async load(id: number): Promise<string> {
    const { table } = Invoices.prototype;
    return query(table.call(this), id);
  }
}

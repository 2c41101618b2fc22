// expect: incomplete-key@9:6
declare function query(...parts: unknown[]): Promise<string>;

export class Invoices {
  private tenant = "";
  enter(parts: [string]): void {
    [this.tenant] = parts;
  }
  // @zcache
  async load(id: number): Promise<string> {
    return query(this.tenant, id);
  }
}

// expect: incomplete-key@10:19
declare const db: { get(tenant: string, locale: string, id: number): Promise<string> };

export class Pages {
  constructor(
    private readonly tenant: string,
    private readonly locale: string,
  ) {}

  // @zcache key: "page:{this.tenant}:{id}"
  async page(id: number): Promise<string> {
    return db.get(this.tenant, this.locale, id);
  }
}

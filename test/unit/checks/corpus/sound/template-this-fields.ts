export class Catalog {
  constructor(
    private readonly tenant: { id: string },
    protected readonly locale?: string,
  ) {}

  // @zcache key: "book:{this.tenant.id}:{this.locale?.toLowerCase()}:{id}"
  async book(id: number): Promise<string> {
    return `${this.tenant.id}/${this.locale?.toLowerCase()}/${id}`;
  }
}

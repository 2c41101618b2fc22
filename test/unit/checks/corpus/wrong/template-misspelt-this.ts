// expect: incomplete-key@5:19, unknown-property@5:31
export class Catalog {
  constructor(private readonly tenant: string) {}

  // @zcache key: "book:{this.tennant}:{id}"
  async book(id: number): Promise<string> {
    return `${this.tenant}/${id}`;
  }
}

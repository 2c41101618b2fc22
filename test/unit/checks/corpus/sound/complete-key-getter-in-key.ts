export class Repository {
  constructor(
    private readonly schema: string,
    private readonly table: string,
  ) {}

  get source(): string {
    return `${this.schema}.${this.table}`;
  }

  // @zcache key: "count:{this.source}"
  async count(): Promise<number> {
    return Number(await (await fetch(`/count?of=${this.source}`)).text());
  }
}

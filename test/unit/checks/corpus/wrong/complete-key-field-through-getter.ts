// expect: incomplete-key@9:6
export class Repository {
  constructor(private readonly schema: string) {}

  private get table(): string {
    return `${this.schema}.users`;
  }

  // @zcache
  async count(): Promise<number> {
    const response = await fetch(`/count?table=${this.table}`);
    return Number(await response.text());
  }
}

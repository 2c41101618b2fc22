// expect: incomplete-key@13:6
export class Search {
  private readonly index: string;

  constructor(
    language: string,
    private readonly engine: { query(index: string, text: string): Promise<string[]> },
  ) {
    const suffix = language.toLowerCase();
    this.index = `pages-${suffix}`;
  }

  // @zcache
  async search(text: string): Promise<string[]> {
    return this.engine.query(this.index, text);
  }
}

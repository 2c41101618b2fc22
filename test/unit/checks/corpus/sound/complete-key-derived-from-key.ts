export class Search {
  private readonly index: string;

  constructor(readonly language: string) {
    this.index = `pages-${language.toLowerCase()}`;
  }

  // @zcache key: "search:{this.language}:{text}"
  async search(text: string): Promise<string> {
    return (await fetch(`/${this.index}?q=${text}`)).text();
  }
}

// expect: incomplete-key@10:19, incomplete-key@16:19, incomplete-key@21:19
declare function post(url: string, body: unknown): Promise<string>;

export class Search {
  constructor(
    readonly index: string,
    readonly size: number,
  ) {}

  // @zcache key: "hits:{this.size}:{text}"
  async spread(text: string): Promise<string> {
    const options = { ...this, text };
    return post(`/${options.index}`, options.text);
  }

  // @zcache key: "assigned:{this.size}:{text}"
  async assigned(text: string): Promise<string> {
    return post(`/${Object.assign({}, this).index}`, text);
  }

  // @zcache key: "sent:{this.size}:{text}"
  async sent(text: string): Promise<string> {
    return post("/search", JSON.stringify(this) + text);
  }
}

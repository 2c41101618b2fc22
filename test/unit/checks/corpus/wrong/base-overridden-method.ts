// expect: incomplete-key@9:19
declare function request(url: string): Promise<string>;

export class Client {
  protected url(path: string): string {
    return `https://api.test/${path}`;
  }

  // @zcache key: "get:{path}"
  async get(path: string): Promise<string> {
    return request(this.url(path));
  }
}

export class AdminClient extends Client {
  protected override url(path: string): string {
    return `https://admin.test/${path}`;
  }
}

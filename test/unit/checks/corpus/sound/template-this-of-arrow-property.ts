export class Client {
  constructor(readonly host: string) {}

  // @zcache key: "{this.host}:{path}"
  get = async (path: string): Promise<string> => this.host + path;
}

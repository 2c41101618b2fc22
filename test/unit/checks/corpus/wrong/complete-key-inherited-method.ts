// expect: incomplete-key@11:6
class Client {
  constructor(private readonly host: string) {}

  protected async get(path: string): Promise<string> {
    return (await fetch(`https://${this.host}${path}`)).text();
  }
}

export class Users extends Client {
  // @zcache ttl: 1m
  async user(id: number): Promise<string> {
    return this.get(`/users/${id}`);
  }
}

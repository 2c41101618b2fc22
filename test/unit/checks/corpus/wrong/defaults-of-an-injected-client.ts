// expect: incomplete-key@11:6
interface Client {
  defaults: { headers: Record<string, string> };
  get(path: string): Promise<string>;
}
export class Users {
  constructor(private readonly client: Client) {}
  login(token: string): void {
    this.client.defaults.headers["authorization"] = token;
  }
  // @zcache
  async me(): Promise<string> {
    return this.client.get("/me");
  }
}

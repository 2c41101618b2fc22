// expect: incomplete-key@18:6
declare function query(...parts: unknown[]): Promise<string>;

class Api {
  private token?: string;
  setToken(token: string): void {
    this.token = token;
  }
  request(path: string): Promise<string> {
    return query(path, this.token);
  }
}
export class Users {
  constructor(private readonly api: Api) {}
  login(token: string): void {
    this.api.setToken(token);
  }
  // @zcache
  async me(): Promise<string> {
    return this.api.request("/me");
  }
}

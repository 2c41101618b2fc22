export class Api {
  private readonly baseUrl: string;
  private readonly version: number;

  constructor() {
    this.baseUrl = process.env["API_URL"] ?? "https://api.test";
    this.version = 2;
  }

  // @zcache
  async user(id: number): Promise<string> {
    return (await fetch(`${this.baseUrl}/v${this.version}/users/${id}`)).text();
  }
}

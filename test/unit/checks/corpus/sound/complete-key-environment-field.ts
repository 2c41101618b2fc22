export class Api {
  private readonly baseUrl = process.env["API_URL"] ?? "https://api.test";

  // @zcache
  async user(id: number): Promise<string> {
    return (await fetch(`${this.baseUrl}/users/${id}`)).text();
  }
}

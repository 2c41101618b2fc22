// expect: incomplete-key@9:6
export class Api {
  private readonly baseUrl: string;

  constructor(options: { baseUrl: string }) {
    this.baseUrl = options.baseUrl;
  }

  // @zcache ttl: 5m
  async user(id: number): Promise<string> {
    return (await this.#get(`/users/${id}`)).text();
  }

  #get(path: string): Promise<Response> {
    return fetch(this.baseUrl + path);
  }
}

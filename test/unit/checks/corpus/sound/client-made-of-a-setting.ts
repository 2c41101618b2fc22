interface Http {
  get(path: string): Promise<string>;
}
declare const axios: { create(options: { baseURL: string; timeout: number }): Http };
export class Api {
  private readonly http: Http;
  constructor(timeout: number) {
    this.http = axios.create({ baseURL: process.env.API ?? "", timeout });
  }
  // @zcache
  async user(id: number): Promise<string> {
    return this.http.get(`/users/${id}`);
  }
}
export const api = new Api(500);

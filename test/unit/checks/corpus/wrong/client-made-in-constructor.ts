// expect: incomplete-key@11:6
interface Http {
  get(path: string): Promise<string>;
}
declare const axios: { create(options: { baseURL: string }): Http };
export class Api {
  private readonly http: Http;
  constructor(baseURL: string) {
    this.http = axios.create({ baseURL });
  }
  // @zcache
  async user(id: number): Promise<string> {
    return this.http.get(`/users/${id}`);
  }
}

declare class Http {
  get(path: string): Promise<string>;
}
declare function inject<T>(token: new () => T): T;

export class Accounts {
  private readonly http = inject(Http);

  // @zcache
  async account(id: number): Promise<string> {
    return this.http.get(`/accounts/${id}`);
  }
}

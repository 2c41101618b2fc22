interface Api {
  setToken(token: string): void;
  request(path: string): Promise<string>;
}
export class Users {
  constructor(private readonly api: Api) {}
  onModuleInit(): void {
    this.api.setToken(process.env.TOKEN ?? "");
  }
  // @zcache
  async user(id: number): Promise<string> {
    return this.api.request(`/users/${id}`);
  }
}

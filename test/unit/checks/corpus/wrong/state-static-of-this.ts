// expect: incomplete-key@9:6
export class Accounts {
  static tenant = "none";

  static use(tenant: string): void {
    this.tenant = tenant;
  }

  // @zcache
  static async load(id: number): Promise<string> {
    return this.tenant + id;
  }
}

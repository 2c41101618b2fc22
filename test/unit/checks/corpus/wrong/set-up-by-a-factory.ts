// expect: incomplete-key@12:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

class Accounts {
  private tenant = "";

  init(tenant: string): this {
    this.tenant = tenant;
    return this;
  }

  // @zcache
  async account(id: number): Promise<string> {
    return db.one(this.tenant, id);
  }
}

export function accountsOf(tenant: string): Accounts {
  return new Accounts().init(tenant);
}

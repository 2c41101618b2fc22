// expect: incomplete-key@11:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Client {
  #tenant = "none";

  set tenant(tenant: string) {
    this.#tenant = tenant;
  }

  // @zcache
  async account(id: number): Promise<string> {
    return db.one(this.#tenant, id);
  }
}

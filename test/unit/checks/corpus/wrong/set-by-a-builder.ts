// expect: incomplete-key@12:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Client {
  private base = "";

  withBase(base: string): this {
    this.base = base;
    return this;
  }

  // @zcache
  async page(path: string): Promise<string> {
    return db.one(this.base, path);
  }
}

export const clients = [new Client().withBase("eu"), new Client().withBase("us")];

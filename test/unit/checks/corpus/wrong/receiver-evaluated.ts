// expect: incomplete-key@11:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Accounts {
  constructor(private readonly tenant: string) {}

  name(): string {
    return this.tenant;
  }

  // @zcache
  async one(id: number): Promise<string> {
    return db.one(eval("this.tenant"), id);
  }
}

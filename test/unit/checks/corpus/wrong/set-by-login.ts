// expect: incomplete-key@11:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Session {
  private user = "nobody";

  login(user: string): void {
    this.user = user;
  }

  // @zcache
  async orders(page: number): Promise<string> {
    return db.one(this.user, page);
  }
}

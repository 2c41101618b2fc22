declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Client {
  locale = "en";

  use(locale: string): void {
    this.locale = locale;
  }

  // @zcache key: "text:{this.locale}:{id}"
  async text(id: number): Promise<string> {
    return db.one(this.locale, id);
  }
}

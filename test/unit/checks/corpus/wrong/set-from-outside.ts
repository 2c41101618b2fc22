// expect: incomplete-key@7:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Client {
  locale = "en";

  // @zcache
  async text(id: number): Promise<string> {
    return db.one(this.locale, id);
  }
}

export function clientFor(locale: string): Client {
  const client = new Client();
  client.locale = locale;
  return client;
}

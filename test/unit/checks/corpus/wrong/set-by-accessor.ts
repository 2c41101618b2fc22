// expect: incomplete-key@7:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Client {
  accessor locale = "en";

  // @zcache
  async text(id: number): Promise<string> {
    return db.one(this.locale, id);
  }
}

export const client = new Client();
client.locale = "de";

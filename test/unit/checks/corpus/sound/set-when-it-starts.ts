declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export class Client {
  url = "http://localhost";

  connect(url: string): void {
    this.url = url;
  }

  // @zcache allow: changing-field
  async text(id: number): Promise<string> {
    return db.one(this.url, id);
  }
}

export function configure(client: Client, url: string): void {
  client.url = url;
}

declare function connect(url: string): Promise<{ one(id: number): Promise<string> }>;

export class Accounts {
  private db: Awaited<ReturnType<typeof connect>> | null = null;

  async init(url: string): Promise<void> {
    this.db = await connect(url);
  }

  // @zcache
  async account(id: number): Promise<string> {
    if (!this.db) throw new Error("init first");
    return this.db.one(id);
  }
}
export const accounts = new Accounts();

declare const db: { one(...parts: readonly unknown[]): Promise<string> };
class Database {
  private static instance: Database | null = null;
  private readonly prefix = "app_";

  static getInstance(): Database {
    Database.instance ??= new Database();
    return Database.instance;
  }

  row(id: number): Promise<string> {
    return db.one(this.prefix, id);
  }
}

// @zcache ttl: 1m
export async function row(id: number): Promise<string> {
  return Database.getInstance().row(id);
}

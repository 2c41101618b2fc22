declare const db: { list(table: string, limit: number): Promise<string[]> };

export function createLists() {
  const limit = 50;
  const table = `${process.env["SCHEMA"] ?? "public"}.lists`;
  // @zcache
  async function list(): Promise<string[]> {
    return db.list(table, limit);
  }
  return { list };
}

// The loop runs inside of the function that is cached.
declare const db: { page(table: string, page: number): Promise<string[]> };

// @zcache
export async function all(table: string): Promise<string[]> {
  const rows: string[] = [];
  for (let page = 0; page < 10; page++) {
    const load = async (): Promise<string[]> => db.page(table, page);
    rows.push(...(await load()));
  }
  return rows;
}

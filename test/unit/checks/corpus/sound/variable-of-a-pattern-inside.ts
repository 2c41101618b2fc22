declare function query(...parts: unknown[]): Promise<string>;

declare function parts(id: number): [string, string];
// @zcache
export async function load(id: number): Promise<string> {
  let table: string, row: string;
  [table, row] = parts(id);
  return query(table, row);
}

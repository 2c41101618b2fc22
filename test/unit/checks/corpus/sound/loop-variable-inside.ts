declare function query(...parts: unknown[]): Promise<string>;

// @zcache
export async function load(ids: number[]): Promise<string[]> {
  const found: string[] = [];
  let id: number;
  for (id of ids) found.push(await query(id));
  return found;
}

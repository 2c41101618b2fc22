// expect: incomplete-key@4:24
declare const db: { all(ids: readonly number[], locale: string): Promise<{ id: number; name: string }[]> };

// @zcache batch, key: "name:{id}"
export async function names(ids: readonly number[], locale: string): Promise<string[]> {
  const rows = await db.all(ids, locale);
  return ids.map((id) => rows.find((row) => row.id === id)?.name ?? "");
}

// expect: incomplete-key@4:24
declare const db: { titles(ids: readonly number[], locale: string): Promise<string[]> };

// @zcache batch, key: "title:{id}"
export async function titles(ids: number[], locale: string): Promise<string[]> {
  return db.titles(ids, locale);
}

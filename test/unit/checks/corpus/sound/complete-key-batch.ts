declare const db: { titles(ids: readonly number[], locale: string): Promise<string[]> };

// @zcache batch, key: "title:{locale}:{id}"
export async function titles(ids: number[], locale: string): Promise<string[]> {
  return db.titles(ids, locale);
}

// expect: incomplete-key@4:17
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

// @zcache key: "search:{words.length}:{page}"
export async function search(words: readonly string[], page: number): Promise<string> {
  return db.all(words.join(" "), page);
}

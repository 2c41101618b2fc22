// expect: incomplete-key@4:17
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

// @zcache key: "page:{query.page}"
export async function page<Q extends { readonly page: number; readonly size: number }>(
  query: Q,
): Promise<string> {
  return db.all(query.page, query.size);
}

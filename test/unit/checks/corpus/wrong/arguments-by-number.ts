// expect: incomplete-key@4:17
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

// @zcache key: "page:{id}"
export async function page(id: number, _locale: string): Promise<string> {
  return db.one(id, arguments[1]);
}

declare const db: { one(...parts: readonly unknown[]): Promise<string> };

// @zcache
export async function page(id: number, _locale: string): Promise<string> {
  return db.one(id, arguments[1]);
}

interface Book {
  id: number;
  title: string;
}
declare const db: { byId(id: number): Promise<Book>; byIds(ids: readonly number[]): Promise<Book[]> };

// @zcache key: "book:{id}"
export async function book(id: number): Promise<Book> {
  return db.byId(id);
}

// @zcache batch, key: "book:{id}"
export async function books(...ids: number[]): Promise<Book[]> {
  return db.byIds(ids);
}

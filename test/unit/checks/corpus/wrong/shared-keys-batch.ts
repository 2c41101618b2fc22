// expect: shared-key@17:24
interface Book {
  id: number;
  title: string;
}
interface Summary {
  title: string;
  cents: number;
}
declare const db: { book(id: number): Promise<Book>; summaries(ids: readonly number[]): Promise<Summary[]> };

// @zcache key: "book:{id}"
export async function book(id: number): Promise<Book> {
  return db.book(id);
}

// @zcache batch, key: "book:{id}"
export async function summaries(...ids: number[]): Promise<Summary[]> {
  return db.summaries(ids);
}

// expect: shared-key@13:17
interface Book {
  id: number;
  title: string;
}
declare const db: { book(id: number): Promise<Book | null> };

// @zcache key: "book:{id}"
export async function findBook(id: number): Promise<Book | null> {
  return db.book(id);
}

// @zcache key: "book:{id}"
export async function getBook(id: number): Promise<Book> {
  const book = await db.book(id);
  if (!book) throw new Error("no such book");
  return book;
}

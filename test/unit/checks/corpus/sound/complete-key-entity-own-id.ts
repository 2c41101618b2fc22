interface Book {
  bookId: number;
  title: string;
}
declare const db: { text(id: number): Promise<string> };

// @zcache key: "text:{book.bookId}"
export async function text(book: Book): Promise<string> {
  return `${book.title}\n${await db.text(book.bookId)}`;
}

interface Book {
  title: string;
  year: number;
}

/** What stands for a database. */
const books: Book[] = [];

export function add(book: Book): void {
  books.push(book);
}

// @zcache
export async function all(): Promise<Book[]> {
  return [...books];
}

// @zcache
export async function of(year: number): Promise<Book[]> {
  return books.filter((book) => book.year === year);
}

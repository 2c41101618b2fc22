export interface Book {
  id: number;
  title: string;
  priceCents: number;
}

/** A table, and a replica that lags behind it. */
export class Database {
  private readonly primary = new Map<number, Book>();
  private replica = new Map<number, Book>();

  find(id: number): Book {
    return this.primary.get(id) as Book;
  }

  findInReplica(id: number): Book {
    return this.replica.get(id) as Book;
  }

  write(book: Book): void {
    this.primary.set(book.id, book);
  }

  /** At this point the replica has caught up. */
  replicate(): void {
    this.replica = new Map(this.primary);
  }
}

export const database = new Database();

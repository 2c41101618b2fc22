import { invalidateTag } from "zcache";
import type { Book, BookFiles } from "./book-files.js";

export interface Summary {
  id: number;
  title: string;
  author: string;
  priceCents: number;
}

export interface Listing {
  author: string;
  page: number;
  pages: number;
  books: Summary[];
}

const pageSize = 10;

export class Catalog {
  constructor(private readonly files: BookFiles) {}

  // @zcache ttl: 10m, tags: ["book:{id}"]
  async book(id: number): Promise<Book | null> {
    return this.files.find(id);
  }

  // @zcache ttl: 5m, tags: ["author:{author}"]
  async booksByAuthor(author: string, page = 1): Promise<Listing> {
    const books: Summary[] = [];
    for await (const book of this.files.all())
      if (book.author === author) books.push(summaryOf(book));
    const first = (page - 1) * pageSize;
    return {
      author,
      page,
      pages: Math.ceil(books.length / pageSize),
      books: books.slice(first, first + pageSize),
    };
  }

  // In a batch each id has an entry of its own, and {id} in a template is one of the ids.
  // @zcache batch, ttl: 10m, tags: ["book:{id}"]
  async summaries(...ids: number[]): Promise<(Summary | null)[]> {
    const books = await this.files.findAll(ids);
    return books.map((book) => book && summaryOf(book));
  }

  /**
   * Once this resolves, nobody reads the old price. It rejects if the entry could not be
   * invalidated.
   */
  async updatePrice(id: number, priceCents: number): Promise<Book | null> {
    const book = await this.files.change(id, { priceCents });
    if (!book) return null;
    await invalidateTag(`book:${id}`); // the book and its summary
    await invalidateTag(`author:${book.author}`); // every page of the author's listing
    return book;
  }
}

function summaryOf({ id, title, author, priceCents }: Book): Summary {
  return { id, title, author, priceCents };
}

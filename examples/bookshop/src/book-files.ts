import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

export interface Book {
  id: number;
  isbn: string;
  title: string;
  author: string;
  publisher: string;
  publishedOn: string;
  language: string;
  pages: number;
  priceCents: number;
  description: string;
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export const booksPerFile = 1000;

/** Ids begin at 1, so the first file holds 1 to 1000. */
export function fileNameOf(id: number): string {
  const fileNumber = Math.floor((id - 1) / booksPerFile);
  return `books-${String(fileNumber).padStart(3, "0")}.ndjson.gz`;
}

/**
 * The data set as its supplier delivers it: gzipped files of a thousand books, one JSON object a
 * line. There is no index, so reading one book costs one file, and a question about all books costs
 * all files.
 */
export class BookFiles {
  /** It grows with every file that is opened, so it shows what a cache saves. */
  filesRead = 0;
  private lastChange: Promise<unknown> = Promise.resolve();

  constructor(private readonly directory: string) {}

  async find(id: number): Promise<Book | null> {
    return (await this.findAll([id]))[0] ?? null;
  }

  /** Returns books in the order of `ids`. A file that several ids share is read once. */
  async findAll(ids: readonly number[]): Promise<(Book | null)[]> {
    const found = new Map<number, Book>();
    for (const fileName of new Set(ids.map(fileNameOf))) {
      for (const book of await this.readBooks(fileName))
        if (ids.includes(book.id)) found.set(book.id, book);
    }
    return ids.map((id) => found.get(id) ?? null);
  }

  async *all(): AsyncGenerator<Book> {
    for (const fileName of await this.fileNames()) yield* await this.readBooks(fileName);
  }

  /**
   * Changes are made one after another, because of two changes at once in one file the first would
   * be lost.
   */
  change(id: number, changes: Partial<Book>): Promise<Book | null> {
    const change = this.lastChange.then(() => this.rewrite(id, changes));
    this.lastChange = change.catch(() => undefined);
    return change;
  }

  private async rewrite(id: number, changes: Partial<Book>): Promise<Book | null> {
    const fileName = fileNameOf(id);
    const books = await this.readBooks(fileName);
    const book = books.find((book) => book.id === id);
    if (!book) return null;
    Object.assign(book, changes);
    await writeBooks(this.directory, fileName, books);
    return book;
  }

  private async fileNames(): Promise<string[]> {
    const names = await readdir(this.directory);
    return names.filter((name) => name.endsWith(".ndjson.gz")).sort();
  }

  private async readBooks(fileName: string): Promise<Book[]> {
    this.filesRead++;
    const compressed = await readFile(join(this.directory, fileName)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      },
    );
    if (!compressed) return [];
    const lines = (await decompress(compressed)).toString("utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Book);
  }
}

/** Renaming replaces a file at once, so a reader in the meantime sees the whole old file. */
export async function writeBooks(
  directory: string,
  fileName: string,
  books: readonly Book[],
): Promise<void> {
  const lines = books.map((book) => JSON.stringify(book) + "\n").join("");
  const path = join(directory, fileName);
  await writeFile(`${path}.new`, await compress(lines));
  await rename(`${path}.new`, path);
}

export const dataDirectory = process.env["BOOKS_DIR"] ?? join(__dirname, "../data");
export const bookFiles = new BookFiles(dataDirectory);

import { fileURLToPath } from "node:url";

/** A file as it is in the editor, which may not have been saved. */
export interface OpenDocument {
  readonly uri: string;
  readonly fileName: string;
  readonly text: string;
  /** Differs for every text that a document has had. */
  readonly version: number;
}

export class OpenDocuments {
  readonly #byFile = new Map<string, OpenDocument>();
  /** The number of changes until now. */
  changes = 0;

  [Symbol.iterator](): Iterator<OpenDocument> {
    return this.#byFile.values();
  }

  of(fileName: string): OpenDocument | undefined {
    return this.#byFile.get(fileName);
  }

  /** Returns null if the document is not a file on the disk. */
  set(uri: string, text: string): OpenDocument | null {
    const fileName = fileNameOf(uri);
    if (fileName === null) return null;
    const document = { uri, fileName, text, version: ++this.changes };
    this.#byFile.set(fileName, document);
    return document;
  }

  close(uri: string): void {
    const fileName = fileNameOf(uri);
    if (fileName !== null && this.#byFile.delete(fileName)) this.changes++;
  }
}

/**
 * Returns the path as the compiler writes it, or null for documents that are not files, as
 * `untitled:` in VS Code.
 */
export function fileNameOf(uri: string): string | null {
  return uri.startsWith("file:") ? fileURLToPath(uri).replaceAll("\\", "/") : null;
}

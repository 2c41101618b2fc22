import { KeptFiles } from "./kept-files";

/** The result for a file without problems. */
export interface KeptSource {
  /** It is null if the file stays as it is. */
  readonly code: string | null;
  /** The source map as JSON, or null if no map was wanted. */
  readonly map: string | null;
}

/**
 * Keeps rewritten files on disk, so that the next build doesn't parse files that haven't changed.
 */
export class KeptSources {
  constructor(private readonly files: KeptFiles) {}

  static ofProgram(directory: string): KeptSources | null {
    const files = KeptFiles.above(directory, "sources");
    return files && new KeptSources(files);
  }

  /**
   * @param source the file, and which form of it is wanted
   * @param madeOf everything that the result depends on
   */
  find(source: string, madeOf: readonly string[]): KeptSource | null {
    const text = this.files.find(source, madeOf);
    if (text === null) return null;
    const end = text.indexOf("\n");
    const length = Number(text.slice(0, end));
    if (length < 0) return { code: null, map: null };
    const start = end + 1;
    return { code: text.slice(start, start + length), map: text.slice(start + length) || null };
  }

  keep(source: string, madeOf: readonly string[], { code, map }: KeptSource): void {
    this.files.keep(
      source,
      madeOf,
      `${code === null ? -1 : code.length}\n${code ?? ""}${map ?? ""}`,
    );
  }
}

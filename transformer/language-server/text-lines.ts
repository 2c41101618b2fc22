import { type Span } from "../context/source-text";
import { type Position, type Range } from "./protocol";

/**
 * Converts between offsets and the protocol's positions. TypeScript's own lines differ, because it
 * also ends a line at U+2028 and U+2029.
 */
export class TextLines {
  readonly #starts: readonly number[];

  constructor(private readonly text: string) {
    this.#starts = [
      0,
      ...Array.from(text.matchAll(/\r\n|\r|\n/g), ({ index, 0: end }) => index + end.length),
    ];
  }

  /** A position behind the end of a line means that end. */
  offsetAt({ line, character }: Position): number {
    const start = this.#starts[line];
    if (start === undefined) return this.text.length;
    const next = this.#starts[line + 1];
    const end =
      next === undefined
        ? this.text.length
        : next - (this.text.slice(next - 2, next) === "\r\n" ? 2 : 1);
    return Math.min(start + character, end);
  }

  rangeOf({ start, end }: Span): Range {
    return { start: this.#positionAt(start), end: this.#positionAt(end) };
  }

  #positionAt(offset: number): Position {
    const after = this.#starts.findIndex((start) => start > offset);
    const line = (after < 0 ? this.#starts.length : after) - 1;
    return { line, character: offset - (this.#starts[line] as number) };
  }
}

/** A place in the source file: offsets, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A line of a comment, without its comment marks. */
export interface Line {
  readonly text: string;
  /** Offset in the source file at which the line's text begins. */
  readonly start: number;
}

/**
 * Text gathered from the lines of a comment. It remembers where in the source each character came
 * from.
 */
export class SourceText {
  readonly text: string;
  readonly #lines: readonly Line[];

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
    this.text = lines.map((line) => line.text).join("\n");
  }

  /**
   * Returns the place in the source of an offset in `text`. Offsets beyond the text map to its end.
   */
  at(offset: number): number {
    let left = Math.max(0, offset);
    for (const line of this.#lines) {
      if (left <= line.text.length) return line.start + left;
      left -= line.text.length + 1;
    }
    const last = this.#lines.at(-1) as Line;
    return last.start + last.text.length;
  }

  /** Returns the offset in `text` of a place in the source, or null if the place is not in it. */
  offsetOf(position: number): number | null {
    let before = 0;
    for (const { text, start } of this.#lines) {
      if (start <= position && position <= start + text.length) return before + position - start;
      before += text.length + 1;
    }
    return null;
  }

  span(start: number, end: number): Span {
    return { start: this.at(start), end: this.at(end) };
  }
}

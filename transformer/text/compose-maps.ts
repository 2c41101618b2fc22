import type { decode as decodeMappings } from "./magic-string";

interface Mapped {
  readonly mappings: string;
}

type Segment = ReturnType<typeof decodeMappings>[number][number];

/**
 * Composes the mappings from a compiler's output for rewritten text to the original text.
 * @param made from the compiler's output to the rewritten text
 * @param rewritten from the rewritten text to the user's
 */
export function composeMappings(made: Mapped, rewritten: Mapped): string {
  const { decode, encode } = require("./magic-string") as typeof import("./magic-string");
  const before = decode(rewritten.mappings);
  const lines = decode(made.mappings).map((line) =>
    line.map((segment): Segment => {
      if (segment.length === 1) return segment;
      const [column, , sourceLine, sourceColumn] = segment;
      const found = segmentAt(before[sourceLine] ?? [], sourceColumn);
      // A segment without a source ends the one before it, which would otherwise reach into what
      // zcache inserted.
      return found ? [column, 0, found[2], found[3] + (sourceColumn - found[0])] : [column];
    }),
  );
  return encode(lines);
}

/** Returns the last segment that begins at the column or before it, if it comes from the source. */
function segmentAt(line: readonly Segment[], column: number): Exclude<Segment, [number]> | null {
  const found = line.findLast(([start]) => start <= column);
  return found && found.length > 1 ? (found as Exclude<Segment, [number]>) : null;
}

import type { MagicString } from "./magic-string";

export interface SourceMap {
  readonly version: number;
  readonly file?: string;
  readonly sources: string[];
  readonly sourcesContent?: string[];
  readonly names: string[];
  readonly mappings: string;
  toString(): string;
}

/**
 * What magic-string keeps of a text: pieces of the source, each with what was inserted around it.
 */
interface Chunks {
  readonly intro: string;
  readonly outro: string;
  readonly firstChunk: Chunk;
}

interface Chunk {
  readonly intro: string;
  readonly content: string;
  readonly outro: string;
  readonly next: Chunk | null;
}

/**
 * Makes the map of an edited text, in which inserted text comes from nowhere. magic-string leaves
 * it without a segment of its own, which to readers of maps means that it comes from the text
 * before it: then coverage counts wrappers and plans as functions of the source.
 */
export function describeEdits(
  edited: InstanceType<typeof MagicString>,
  fileName: string,
): SourceMap {
  const { encode } = require("./magic-string") as typeof import("./magic-string");
  const map = edited.generateDecodedMap({
    hires: "boundary",
    source: fileName,
    includeContent: true,
  });
  const lines = map.mappings;
  for (const [line, column] of insertions(edited as unknown as Chunks)) {
    const segments = lines[line] ?? [];
    const next = segments.findIndex(([start]) => start >= column);
    segments.splice(next < 0 ? segments.length : next, 0, [column]);
  }
  const { sources, sourcesContent, names } = map;
  const described = {
    version: 3,
    sources,
    sourcesContent: sourcesContent as string[],
    names,
    mappings: encode(lines),
  };
  return { ...described, toString: () => JSON.stringify(described) };
}

/** Returns the line and the column at which each inserted text begins. */
function insertions({ intro, outro, firstChunk }: Chunks): [line: number, column: number][] {
  const found: [number, number][] = [];
  let line = 0;
  let column = 0;
  const pass = (text: string): void => {
    const end = text.lastIndexOf("\n");
    if (end < 0) column += text.length;
    else {
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) line++;
      column = text.length - end - 1;
    }
  };
  const insert = (text: string): void => {
    if (text === "") return;
    found.push([line, column]);
    pass(text);
  };
  insert(intro);
  for (let chunk: Chunk | null = firstChunk; chunk; chunk = chunk.next) {
    insert(chunk.intro);
    pass(chunk.content);
    insert(chunk.outro);
  }
  insert(outro);
  return found;
}

/**
 * The bytes of a value that JSON can't represent. A value can't be larger than its bytes: each
 * value takes at least one byte, each entry of a container as well, and no count is believed beyond
 * that.
 *
 * A value is one byte that gives its kind, and the bytes that the table lists. Counts, lengths and
 * indices are in base 128, seven bits a byte, lowest first, with the high bit on all bytes but the
 * last; doubles have 8 bytes, lowest first.
 *
 * | kind       | what follows                                                                     |
 * |------------|----------------------------------------------------------------------------------|
 * | int        | the number, zigzag: 0, -1, 1, -2 … are 0, 1, 2, 3 …                              |
 * | double     | the double                                                                       |
 * | bigint     | sign (0 or 1), how many bytes, the magnitude, highest byte first                 |
 * | latin1     | how many bytes, the text                                                         |
 * | utf16      | how many bytes, the text in UTF-16, lowest byte first                            |
 * | record     | its shape, then the value of each property                                       |
 * | array      | how many elements, then each                                                     |
 * | sparse     | length, how many elements, then the index (as the distance from the one before)  |
 * |            | and the value of each; a shape, then the value of each property beside the       |
 * |            | elements                                                                         |
 * | date       | a double                                                                         |
 * | regexp     | its source and its flags, each a text                                            |
 * | map, set   | how many entries, then the key and the value of each; the value alone            |
 * | error      | which class, which parts there are (1 message, 2 stack, 4 cause), then those     |
 * | boxed      | the primitive value                                                              |
 * | memory     | how many bytes, the bytes of an ArrayBuffer                                      |
 * | view       | which class, how many bytes, the bytes                                           |
 * | reference  | which of the objects before it, in the order in which they begin                 |
 *
 * A shape is 0, the number of names, and the names, each a text; or one more than the index of a
 * shape that was written before.
 * Kinds from 128 on are the numbers from 0 to 127.
 */
export const kinds = {
  undefined: 1,
  null: 2,
  false: 3,
  true: 4,
  int: 5,
  double: 6,
  bigint: 7,
  latin1: 8,
  utf16: 9,
  record: 10,
  array: 11,
  sparse: 12,
  date: 13,
  regexp: 14,
  map: 15,
  set: 16,
  error: 17,
  boxed: 18,
  memory: 19,
  view: 20,
  reference: 21,
} as const;

export const smallInts = 0x80;

export const errorParts = { message: 1, stack: 2, cause: 4 } as const;

/** The classes by their number. Every other error is an Error. */
export const errorClasses = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
] as const satisfies readonly ErrorConstructor[];

/**
 * The names by their number. A class that this version of Node doesn't have can't be read. A Buffer
 * has a number of its own.
 */
export const viewNames = [
  "Buffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
] as const;

/** Deeper values would take more of the stack than a reader may have left. */
export const maxDepth = 1_000;

/**
 * The most character classes of Unicode (`\p{…}`) that the regular expressions of a value may have
 * together. Compiling one takes V8 up to 3 ms, so some hundred bytes of them would block the
 * process.
 */
export const mostUnicodeClasses = 8;

export function countUnicodeClasses({ source, flags }: Pick<RegExp, "source" | "flags">): number {
  return /[uv]/.test(flags) ? (source.match(/\\[pP]/g)?.length ?? 0) : 0;
}

export const latestDateMs = 8.64e15;

/** Whether a name is that of an element in an array of this length. */
export function isIndex(name: string, length: number): boolean {
  const index = Number(name);
  return index < length && String(index) === name && index >= 0;
}

/** The length of the longest possible array. */
export const mostElements = 0xffffffff;

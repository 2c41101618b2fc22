/**
 * Reads the text of a key back into the values that it was made of. This is the grammar at the top
 * of runtime/keys/token.ts in reverse. It works on text alone, without the compiler.
 */

/** An argument that a key contains. */
export interface Decoded {
  /** The value as it would be written in code: `"bob"`, `new Date("1970-…")`. */
  readonly text: string;
  /**
   * Absent if the key does not contain the whole value: the hash of a long value, or the result of
   * a toJSON method.
   */
  readonly value?: unknown;
}

/** Returns the values of an explicit template, or null if the key is not made from it. */
export function decodeTemplate(texts: readonly string[], key: string): Decoded[] | null {
  const [first = "", ...others] = texts;
  if (!key.startsWith(first)) return null;
  const reader = new Reader(key, first.length);
  const values: Decoded[] = [];
  for (const [i, text] of others.entries()) {
    const value = reader.placeholder();
    if (!value || !reader.skip(text)) return null;
    // The last text ends the key.
    if (i === others.length - 1 && !reader.isAtEnd) return null;
    values.push(value);
  }
  return others.length > 0 || reader.isAtEnd ? values : null;
}

/**
 * Returns the arguments of a default key, without its name: `5-"a-b"`. A long list is a hash. Null
 * means that the text is not a list of arguments.
 */
export function decodeArguments(text: string): Decoded[] | "hashed" | null {
  if (/^#[0-9a-f]{40}$/.test(text)) return "hashed";
  const reader = new Reader(text, 0);
  const values: Decoded[] = [];
  while (!reader.isAtEnd) {
    if (values.length > 0 && !reader.skip("-")) return null;
    const value = reader.token();
    if (!value) return null;
    values.push(value);
  }
  return values;
}

const patterns = {
  uuid: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\p{L}\p{M}\p{N}_.@+])/iuy,
  hash: /#[0-9a-f]{40}/y,
  string: /"(?:[^"\\]|\\.)*"/y,
  bigint: /-?\d+n(?![\p{L}\p{M}\p{N}_.@+])/uy,
  number: /-?(?:\d+(?:\.\d+)?(?:e\+\d+)?|Infinity)(?![\p{L}\p{M}\p{N}_.@])/uy,
  tinyNumber: /Number\((-?[\d.]+e-\d+)\)/y,
  date: /Date\((-?\d+|NaN)\)/y,
  bytes: /([A-Z]\w*)\(([\w-]*)\)/y,
  word: /\p{L}[\p{L}\p{M}\p{N}_.@+]*/uy,
};

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
]);

/** A longer key would have been replaced by a hash. */
const deepestKey = 200;

class Reader {
  #depth = 0;

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  skip(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Reads a token, which is in parentheses if the text after it could be taken for part of it. */
  placeholder(): Decoded | null {
    if (!this.skip("(")) return this.token();
    const value = this.token();
    return value && this.skip(")") ? value : null;
  }

  token(): Decoded | null {
    if (this.#depth === deepestKey) return null;
    this.#depth++;
    const value = this.#scalar() ?? this.#container();
    this.#depth--;
    return value;
  }

  #scalar(): Decoded | null {
    const hash = this.#match(patterns.hash);
    if (hash) return { text: "(a long value, of which only the hash is in the key)" };
    const uuid = this.#match(patterns.uuid);
    if (uuid) return literal(uuid[0]);
    const string = this.#match(patterns.string);
    if (string) return quoted(string[0]);
    const bigint = this.#match(patterns.bigint);
    if (bigint) return { text: bigint[0], value: BigInt(bigint[0].slice(0, -1)) };
    const number = this.#match(patterns.number);
    if (number) return { text: number[0], value: Number(number[0]) };
    const tiny = this.#match(patterns.tinyNumber);
    if (tiny?.[1]) return { text: tiny[1], value: Number(tiny[1]) };
    return null;
  }

  #container(): Decoded | null {
    if (this.skip("json(")) return this.#json();
    if (this.skip("Map{")) return this.#map();
    if (this.skip("Set{")) return this.#set();
    if (this.skip("[")) return this.#array();
    if (this.skip("{")) return this.#record();
    const date = this.#match(patterns.date);
    if (date) return decodeDate(Number(date[1]));
    const bytes = this.#match(patterns.bytes);
    if (bytes?.[1] !== undefined && bytes[2] !== undefined) return decodeBytes(bytes[1], bytes[2]);
    const word = this.#match(patterns.word)?.[0];
    if (word === undefined) return null;
    return constants.has(word) ? { text: word, value: constants.get(word) } : literal(word);
  }

  #json(): Decoded | null {
    const inner = this.token();
    return inner && this.skip(")") ? { text: `(an object whose toJSON() is ${inner.text})` } : null;
  }

  #array(): Decoded | null {
    const items = this.#list("]", () =>
      this.skip("_") ? { text: "", value: undefined } : this.token(),
    );
    return items && join("[", items, "]", () => items.map(({ value }) => value));
  }

  #set(): Decoded | null {
    const items = this.#list("}", () => this.token());
    return items && join("new Set([", items, "])", () => new Set(items.map(({ value }) => value)));
  }

  #record(): Decoded | null {
    const pairs = this.#pairs(":");
    if (!pairs) return null;
    const texts = pairs.map(([name, value]) => ({
      ...value,
      text: `${propertyName(name)}: ${value.text}`,
    }));
    const value = (): unknown =>
      Object.fromEntries(pairs.map(([name, inner]) => [String(name.value), inner.value]));
    return pairs.length === 0 ? { text: "{}", value: {} } : join("{ ", texts, " }", value);
  }

  #map(): Decoded | null {
    const pairs = this.#pairs("=>");
    if (!pairs) return null;
    const texts = pairs.map(([key, value]) => join("[", [key, value], "]", () => null));
    return join(
      "new Map([",
      texts,
      "])",
      () => new Map(pairs.map(([key, value]) => [key.value, value.value])),
    );
  }

  #pairs(between: string): [Decoded, Decoded][] | null {
    return this.#list("}", () => {
      const key = this.token();
      const value = key && this.skip(between) ? this.token() : null;
      return key && value ? [key, value] : null;
    });
  }

  #list<Item>(end: string, read: () => Item | null): Item[] | null {
    const items: Item[] = [];
    while (!this.skip(end)) {
      if (items.length > 0 && !this.skip(",")) return null;
      const item = read();
      if (!item) return null;
      items.push(item);
    }
    return items;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }
}

/** Returns null if the text isn't quoted as `quote` in token.ts does it. */
function quoted(text: string): Decoded | null {
  try {
    return literal(JSON.parse(text) as string);
  } catch {
    return null;
  }
}

function literal(value: string): Decoded {
  return { text: JSON.stringify(value), value };
}

/** Joins the parts. The whole has a value if all parts have one. */
function join(
  open: string,
  parts: readonly Decoded[],
  close: string,
  toValue: () => unknown,
): Decoded {
  const text = `${open}${parts.map((part) => part.text).join(", ")}${close}`;
  return parts.every((part) => "value" in part) ? { text, value: toValue() } : { text };
}

function propertyName(name: Decoded): string {
  const text = String(name.value);
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) ? text : name.text;
}

function decodeDate(time: number): Decoded {
  const value = new Date(time);
  return {
    text: Number.isNaN(value.getTime()) ? "new Date(NaN)" : `new Date("${value.toISOString()}")`,
    value,
  };
}

function decodeBytes(name: string, base64: string): Decoded {
  const bytes = Buffer.from(base64, "base64url");
  const text = `(${name} of ${bytes.length} bytes: ${bytes.toString("hex")})`;
  return name === "Buffer" ? { text, value: bytes } : { text };
}

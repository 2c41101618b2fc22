import { hole, Jsonable, withHoles } from "./nearly-same";

/** Reads keys by the grammar, and is written from its description. */
class Parser {
  at = 0;

  constructor(readonly text: string) {}

  take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern, pattern.flags + "y");
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.text)?.[0];
    this.at += match?.length ?? 0;
    return match;
  }

  expect(literal: string): void {
    if (!this.text.startsWith(literal, this.at))
      throw new Error(`${literal} expected at ${this.at} of ${this.text}`);
    this.at += literal.length;
  }

  get atEnd(): boolean {
    return this.at === this.text.length;
  }

  separated<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.text.startsWith(close, this.at)) {
      if (items.length > 0) this.expect(",");
      items.push(item());
    }
    this.expect(close);
    return items;
  }

  token(uuids = true): unknown {
    const quoted = this.take(/"(?:[^"\\]|\\.)*"/);
    if (quoted) return JSON.parse(quoted);
    if (this.take(/\[/))
      return withHoles(this.separated("]", () => (this.take(/_/) ? hole : this.token())));
    if (this.take(/\{/))
      return Object.fromEntries(this.separated("}", () => this.pair(":")) as [string, unknown][]);
    if (this.take(/Map\{/)) return new Map(this.separated("}", () => this.pair("=>")));
    if (this.take(/Set\{/)) return new Set(this.separated("}", () => this.token()));
    const closed = this.take(/(?:Date|Number|json|Buffer|DataView|\w+Array|ArrayBuffer)\(/);
    if (closed) return this.content(closed.slice(0, -1));
    return (uuids && this.uuid()) || this.bare();
  }

  pair(arrow: string): [unknown, unknown] {
    const key = this.token();
    this.expect(arrow);
    return [key, this.token()];
  }

  content(type: string): unknown {
    if (type === "json") {
      const inner = this.token();
      this.expect(")");
      return new Jsonable(inner);
    }
    const text = this.take(/[^)]*/) as string;
    this.expect(")");
    if (type === "Number" || type === "Date")
      return type === "Date" ? new Date(Number(text)) : Number(text);
    const bytes = Buffer.from(text, "base64url");
    if (type === "Buffer") return bytes;
    const memory = new Uint8Array(bytes).buffer;
    return type === "ArrayBuffer" ? memory : new (globalThis as any)[type](memory);
  }

  uuid(): string | undefined {
    const start = this.at;
    const match = this.take(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(?![\p{L}\p{M}\p{N}_.@+])/iu);
    if (
      !match?.split("-").every((group) => /^[a-f]/i.test(group) || String(Number(group)) === group)
    )
      return match;
    this.at = start;
    return undefined;
  }

  bare(): unknown {
    const text = this.take(/-?[\p{L}\p{M}\p{N}_.@+]+/u) ?? "";
    const constants = { undefined, null: null, true: true, false: false, NaN: NaN };
    if (Object.hasOwn(constants, text)) return constants[text as keyof typeof constants];
    if (/^-?\d+n$/.test(text)) return BigInt(text.slice(0, -1));
    if (/^-?(\d|Infinity$)/.test(text) && (String(Number(text)) === text || text === "-0"))
      return Number(text);
    if (/^\p{L}/u.test(text)) return text;
    throw new Error(`No token at ${this.at} of ${this.text}`);
  }
}

export function parseArguments(encoded: string): unknown[] {
  const parser = new Parser(encoded);
  const args: unknown[] = [];
  while (!parser.atEnd) {
    if (args.length > 0) parser.expect("-");
    args.push(parser.token());
  }
  return args;
}

export function parseTemplate(key: string, texts: readonly string[]): unknown[] {
  const parser = new Parser(key);
  parser.expect(texts[0] as string);
  const values = texts.slice(1).map((behind, i) => {
    const last = i === texts.length - 2;
    const closed = behind === "" ? !last : /^[\p{L}\p{M}\p{N}_.@+]/u.test(behind);
    if (closed) parser.expect("(");
    const one = parser.token(!behind.startsWith("-"));
    parser.expect(closed ? `)${behind}` : behind);
    return one;
  });
  if (!parser.atEnd) throw new Error(`${key} goes on after ${parser.at}`);
  return values;
}

/** A fingerprint's text as a tree, used to find what changed in it. */
export type Shape = Leaf | RecordShape | ListShape | TupleShape | UnionShape | NamedShape;

interface Leaf {
  readonly kind: "leaf";
  readonly text: string;
}

export interface RecordShape {
  readonly kind: "record";
  readonly text: string;
  /** The built-in that it extends, or "". */
  readonly base: string;
  readonly fields: ReadonlyMap<string, Field>;
}

export interface Field {
  readonly optional: boolean;
  readonly shape: Shape;
}

interface ListShape {
  readonly kind: "list";
  readonly text: string;
  readonly item: Shape;
}

interface TupleShape {
  readonly kind: "tuple";
  readonly text: string;
}

export interface UnionShape {
  readonly kind: "union";
  readonly text: string;
  readonly members: readonly Shape[];
}

interface NamedShape {
  readonly kind: "named";
  readonly text: string;
  readonly name: string;
  readonly args: readonly Shape[];
}

/** Returns null for a text that `fingerprint.ts` did not write. */
export function parseShape(text: string): Shape | null {
  try {
    const parser = new Parser(text);
    const shape = parser.union();
    return parser.isAtEnd ? shape : null;
  } catch (error) {
    if (error instanceof Unexpected) return null;
    throw error;
  }
}

class Unexpected extends Error {}

const stringText = /"(?:[^"\\]|\\.)*"/y;
const fieldName = /toJSON\(\)|\[\w+\]|"(?:[^"\\]|\\.)*"|[^:?{}[\]()|,"]+/y;
const atom = /"(?:[^"\\]|\\.)*"|\^\d+|…|-?[\d.][\w.+-]*|[^:?{}[\]()|,"<>&^]+/y;

/** `fingerprint.ts` goes down to 32 levels. */
const deepest = 200;

class Parser {
  #at = 0;
  #depth = 0;

  constructor(private readonly text: string) {}

  get isAtEnd(): boolean {
    return this.#at === this.text.length;
  }

  union(): Shape {
    const start = this.#at;
    const members = [this.#member()];
    while (this.#skip("|")) members.push(this.#member());
    const [only] = members as [Shape];
    return members.length === 1 ? only : { kind: "union", text: this.#since(start), members };
  }

  #member(): Shape {
    const start = this.#at;
    const depth = this.#depth;
    this.#descend();
    let shape = this.#primary();
    while (this.text.startsWith("[]", this.#at)) {
      this.#descend();
      this.#at += 2;
      shape = { kind: "list", text: this.#since(start), item: shape };
    }
    this.#depth = depth;
    return shape;
  }

  #descend(): void {
    if (++this.#depth > deepest) throw new Unexpected();
  }

  #primary(): Shape {
    const start = this.#at;
    if (this.#skip("(")) {
      const shape = this.union();
      this.#expect(")");
      return shape;
    }
    if (this.#skip("[")) return this.#tuple(start);
    if (this.text[start] === "{") return this.#record(start, "");
    stringText.lastIndex = start;
    if (stringText.test(this.text)) return { kind: "leaf", text: this.#match(stringText) };
    const name = this.#names();
    if (this.text[this.#at] === "{") return this.#record(start, name);
    if (!this.#skip("<")) return { kind: "leaf", text: name };
    const args = [this.union()];
    while (this.#skip(",")) args.push(this.union());
    this.#expect(">");
    return { kind: "named", text: this.#since(start), name, args };
  }

  /** Reads one name, or those of the built-ins before a record: `Array&Error&{`. */
  #names(): string {
    const names = [this.#match(atom)];
    while (this.#skip("&")) if (this.text[this.#at] !== "{") names.push(this.#match(atom));
    return names.join("&");
  }

  #tuple(start: number): Shape {
    while (!this.#skip("]")) {
      if (this.text.startsWith("...", this.#at)) this.#at += 3;
      this.union();
      this.#skip("?");
      this.#skip(",");
    }
    return { kind: "tuple", text: this.#since(start) };
  }

  #record(start: number, base: string): Shape {
    const fields = new Map<string, Field>();
    this.#expect("{");
    while (!this.#skip("}")) {
      const name = this.#match(fieldName);
      const optional = this.#skip("?");
      this.#expect(":");
      fields.set(name, { optional, shape: this.union() });
      this.#skip(",");
    }
    return { kind: "record", text: this.#since(start), base, fields };
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.text) ?? [];
    if (!found) throw new Unexpected();
    this.#at += found.length;
    return found;
  }

  #skip(text: string): boolean {
    if (!this.text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw new Unexpected();
  }

  #since(start: number): string {
    return this.text.slice(start, this.#at);
  }
}

import { type Tree } from "../api";

/** The limits of a shown value. */
export interface TreeBounds {
  readonly nodes: number;
  readonly depth: number;
  readonly textLength: number;
}

const defaultBounds: TreeBounds = { nodes: 5_000, depth: 12, textLength: 2_000 };

/**
 * Describes a decoded value as plain data, so that a page can show it without running anything of
 * it. It calls neither getters nor `toJSON`, and ends where a limit is reached.
 */
export function treeOf(value: unknown, bounds: TreeBounds = defaultBounds): Tree {
  return new TreeMaker(bounds).make(value, 0);
}

type Child = readonly [name: string, value: unknown];

class TreeMaker {
  #left: number;
  readonly #path = new Set<object>();

  constructor(readonly bounds: TreeBounds) {
    this.#left = bounds.nodes;
  }

  make(value: unknown, depth: number): Tree {
    this.#left--;
    if (typeof value !== "object" || value === null) return this.#leaf(value);
    if (value instanceof Date)
      return leaf("Date", Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString());
    if (value instanceof RegExp) return this.#text("RegExp", String(value));
    if (value instanceof Error) return this.#text(value.name, value.message);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return this.#bytes(value);
    if (this.#path.has(value)) return leaf("circle", "(contains itself)");
    const [kind, size, children] = partsOf(value);
    if (depth >= this.bounds.depth) return { kind, text: null, size, children: [], cut: size > 0 };
    this.#path.add(value);
    const shown: { name: string; value: Tree }[] = [];
    for (const [name, child] of children) {
      if (this.#left <= 0) break;
      shown.push({ name: this.#cut(name), value: this.make(child, depth + 1) });
    }
    this.#path.delete(value);
    return { kind, text: null, size, children: shown, cut: shown.length < size };
  }

  #leaf(value: unknown): Tree {
    if (typeof value === "string") return this.#text("string", value);
    if (value === null) return leaf("null", "null");
    if (typeof value === "number")
      return leaf("number", Object.is(value, -0) ? "-0" : String(value));
    if (typeof value === "bigint") return this.#text("bigint", `${value}n`);
    if (typeof value === "symbol" || typeof value === "function")
      return leaf(typeof value, `(${typeof value})`);
    return leaf(typeof value, typeof value === "boolean" ? String(value) : "undefined");
  }

  #bytes(value: ArrayBuffer | ArrayBufferView): Tree {
    const bytes = ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(value);
    const shown = bytes.subarray(0, Math.floor(this.bounds.textLength / 2));
    return {
      kind: "bytes",
      text: shown.toString("hex"),
      size: bytes.length,
      children: [],
      cut: shown.length < bytes.length,
    };
  }

  #text(kind: string, text: string): Tree {
    const shown = this.#cut(text);
    return { kind, text: shown, size: text.length, children: [], cut: shown.length < text.length };
  }

  #cut(text: string): string {
    return text.length > this.bounds.textLength ? text.slice(0, this.bounds.textLength) : text;
  }
}

function leaf(kind: string, text: string): Tree {
  return { kind, text, size: null, children: [], cut: false };
}

function partsOf(value: object): [kind: string, size: number, children: Iterable<Child>] {
  if (value instanceof Map) return ["Map", value.size, pairsOf(value)];
  if (value instanceof Set) return ["Set", value.size, membersOf(value)];
  if (Array.isArray(value)) return ["array", value.length, itemsOf(value)];
  const names = Object.keys(value);
  return ["object", names.length, propertiesOf(value, names)];
}

function* itemsOf(list: readonly unknown[]): Generator<Child> {
  for (let i = 0; i < list.length; i++) yield [String(i), list[i]];
}

function* membersOf(set: ReadonlySet<unknown>): Generator<Child> {
  let i = 0;
  for (const member of set) yield [String(i++), member];
}

function* pairsOf(map: ReadonlyMap<unknown, unknown>): Generator<Child> {
  for (const [key, value] of map)
    yield [typeof key === "string" ? JSON.stringify(key) : nameOf(key), value];
}

function nameOf(key: unknown): string {
  if (typeof key === "object" && key !== null)
    return key instanceof Date ? `Date ${key.getTime()}` : "(an object)";
  return typeof key === "symbol" ? "(a symbol)" : String(key);
}

function* propertiesOf(value: object, names: readonly string[]): Generator<Child> {
  for (const name of names) {
    const property = Object.getOwnPropertyDescriptor(value, name);
    if (property && "value" in property) yield [name, property.value];
    else yield [name, "(a getter)"];
  }
}

import {
  countUnicodeClasses,
  errorClasses,
  errorParts,
  isIndex,
  kinds,
  latestDateMs,
  maxDepth,
  mostElements,
  mostUnicodeClasses,
  smallInts,
  viewNames,
} from "./binary-form";

/**
 * Reads the value that bytes in binary form describe, from `start` to their end. The bytes may come
 * from anyone: it throws for bytes that `writeBinary` doesn't write, takes memory in proportion to
 * them, and runs nothing.
 */
export function readBinary(payload: Buffer, start: number): unknown {
  const reader = new Reader(payload, start);
  const value = reader.value();
  if (reader.left > 0) throw new RangeError(`${reader.left} bytes follow the value.`);
  return value;
}

const mostBytesAsText = 65_536;
/** V8 copies pieces of up to this length. A longer piece would keep all of the text in memory. */
const mostCharactersTaken = 12;

type Container = Record<PropertyKey, unknown>;

class Reader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  /** The objects in the order in which they begin. */
  readonly #objects: object[] = [];
  readonly #shapes: (readonly string[])[] = [];
  /** All bytes as text, because taking a piece of it is quicker than converting a few bytes. */
  readonly #latin1: string | null;
  #depth = 0;
  #unicodeClasses = 0;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#at = start;
    this.#latin1 = bytes.length <= mostBytesAsText ? bytes.toString("latin1") : null;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  value(): unknown {
    const kind = this.#byte();
    if (kind >= smallInts) return kind - smallInts;
    switch (kind) {
      case kinds.latin1:
        return this.#text("latin1");
      case kinds.utf16:
        return this.#text("utf16le");
      case kinds.int:
        return this.#int();
      case kinds.double:
        return this.#double();
      case kinds.undefined:
        return undefined;
      case kinds.null:
        return null;
      case kinds.false:
        return false;
      case kinds.true:
        return true;
      case kinds.bigint:
        return this.#bigint();
      case kinds.reference:
        return this.#reference();
      case kinds.date:
        return this.#keep(this.#date());
      case kinds.regexp:
        return this.#keep(this.#regexp());
      case kinds.memory:
        return this.#keep(this.#memory());
      case kinds.view:
        return this.#keep(this.#view());
      default:
        return this.#container(kind);
    }
  }

  #container(kind: number): object {
    if (++this.#depth > maxDepth)
      throw new RangeError(`The value is nested more than ${maxDepth} levels deep.`);
    const container = this.#filled(kind);
    this.#depth--;
    return container;
  }

  #filled(kind: number): object {
    switch (kind) {
      case kinds.record:
        return this.#properties(this.#keep({}));
      case kinds.array:
        return this.#array();
      case kinds.sparse:
        return this.#sparse();
      case kinds.map:
        return this.#map();
      case kinds.set:
        return this.#set();
      case kinds.error:
        return this.#error();
      case kinds.boxed:
        return this.#boxed();
      default:
        throw new TypeError(`There is no kind ${kind} of values.`);
    }
  }

  /** Keeps the object, so that a reference can name it. */
  #keep<Kept extends object>(object: Kept): Kept {
    this.#objects.push(object);
    return object;
  }

  #properties<Owner extends object>(owner: Owner): Owner {
    const names = this.#shape();
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const value = this.value();
      if (name === "__proto__") define(owner, name, value, true);
      else (owner as Container)[name] = value;
    }
    return owner;
  }

  #shape(): readonly string[] {
    const place = this.#count();
    if (place > 0) {
      const known = this.#shapes[place - 1];
      if (!known) throw new RangeError(`There is no shape ${place} before this place.`);
      return known;
    }
    // Each name takes a byte for its kind and one for its length, and the value after it takes one
    // more.
    const count = this.#entries(3);
    const names: string[] = [];
    for (let i = 0; i < count; i++) names.push(this.#anyText());
    this.#shapes.push(names);
    return names;
  }

  #array(): unknown[] {
    const count = this.#entries(1);
    const array = this.#keep<unknown[]>([]);
    for (let i = 0; i < count; i++) array.push(this.value());
    return array;
  }

  #sparse(): unknown[] {
    const length = this.#count();
    const array = this.#keep(emptyArray(length, this.left));
    const count = this.#entries(2);
    let next = 0;
    for (let i = 0; i < count; i++) {
      const index = next + this.#count();
      if (index >= length)
        throw new RangeError(`An array of ${length} has an element at ${index}.`);
      array[index] = this.value();
      next = index + 1;
    }
    for (const name of this.#shape()) {
      if (name === "length" || isIndex(name, mostElements))
        throw new TypeError(`"${name}" is not a property beside the elements.`);
      define(array, name, this.value(), true);
    }
    return array;
  }

  #map(): Map<unknown, unknown> {
    const map = this.#keep(new Map<unknown, unknown>());
    const count = this.#entries(2);
    for (let i = 0; i < count; i++) {
      const key = this.value();
      map.set(key, this.value());
    }
    return map;
  }

  #set(): Set<unknown> {
    const set = this.#keep(new Set());
    const count = this.#entries(1);
    for (let i = 0; i < count; i++) set.add(this.value());
    return set;
  }

  #error(): Error {
    const Class = errorClasses[this.#byte()];
    const parts = this.#byte();
    if (!Class || parts > 7) throw new TypeError("There is no such class of errors.");
    const error = this.#keep(withoutStack(Class));
    if (parts & errorParts.message) define(error, "message", this.#anyText(), false);
    define(error, "stack", parts & errorParts.stack ? this.#anyText() : undefined, false);
    if (parts & errorParts.cause) define(error, "cause", this.value(), false);
    return error;
  }

  #boxed(): object {
    const value = this.value();
    const isPrimitive = typeof value !== "object" && value !== undefined;
    if (!isPrimitive) throw new TypeError("Only a primitive value can be boxed.");
    return this.#keep(Object(value) as object);
  }

  #reference(): object {
    const place = this.#count();
    const object = this.#objects[place];
    if (!object) throw new RangeError(`There is no object ${place} before this place.`);
    return object;
  }

  #date(): Date {
    const ms = this.#double();
    const isDate = Number.isNaN(ms) || (Number.isInteger(ms) && Math.abs(ms) <= latestDateMs);
    if (!isDate) throw new RangeError(`${ms} is not a date.`);
    return new Date(ms);
  }

  #regexp(): RegExp {
    const source = this.#anyText();
    const flags = this.#anyText();
    this.#unicodeClasses += countUnicodeClasses({ source, flags });
    if (this.#unicodeClasses > mostUnicodeClasses)
      throw new RangeError(
        `There are more than ${mostUnicodeClasses} classes \\p{…} in regular expressions.`,
      );
    return new RegExp(source, flags);
  }

  #view(): NodeJS.ArrayBufferView {
    const name = viewNames[this.#byte()] ?? "";
    const memory = this.#memory();
    if (name === "Buffer") return Buffer.from(memory);
    const View = (globalThis as Record<string, unknown>)[name] as
      (new (memory: ArrayBuffer) => NodeJS.ArrayBufferView) | undefined;
    if (!View) throw new TypeError(`There is no ${name === "" ? "such view" : name} here.`);
    return new View(memory);
  }

  /** Copies the bytes, because writing to a view of the payload would change what is stored. */
  #memory(): ArrayBuffer {
    const from = this.#take(this.#count());
    const memory = new ArrayBuffer(this.#at - from);
    new Uint8Array(memory).set(this.#bytes.subarray(from, this.#at));
    return memory;
  }

  #bigint(): bigint {
    const isNegative = this.#byte() === 1;
    const from = this.#take(this.#count());
    if (from === this.#at) return 0n;
    const magnitude = BigInt(`0x${this.#bytes.toString("hex", from, this.#at)}`);
    return isNegative ? -magnitude : magnitude;
  }

  #anyText(): string {
    const kind = this.#byte();
    if (kind === kinds.latin1) return this.#text("latin1");
    if (kind === kinds.utf16) return this.#text("utf16le");
    throw new TypeError(`A text is expected, but there is a value of kind ${kind}.`);
  }

  #text(encoding: "latin1" | "utf16le"): string {
    const from = this.#take(this.#count());
    const isShort = this.#at - from <= mostCharactersTaken;
    if (encoding === "latin1" && isShort && this.#latin1 !== null)
      return this.#latin1.slice(from, this.#at);
    return this.#bytes.toString(encoding, from, this.#at);
  }

  #int(): number {
    const zigzag = this.#count();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  #double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  /** Reads how many entries a container has. There are never more than the bytes allow. */
  #entries(leastBytes: number): number {
    const count = this.#count();
    if (count * leastBytes > this.left)
      throw new RangeError(`${count} entries are more than ${this.left} bytes hold.`);
    return count;
  }

  #count(): number {
    let count = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      count += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (count > 0xffffffff) break;
        return count;
      }
    }
    throw new RangeError("A number is larger than 32 bits.");
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new RangeError("The bytes end within the value.");
    return this.#bytes[this.#at++] as number;
  }

  /** Returns where the next `length` bytes begin, and moves past them. */
  #take(length: number): number {
    const from = this.#at;
    if (length > this.#end - from) throw new RangeError("The bytes end within the value.");
    this.#at = from + length;
    return from;
  }
}

/** Defines a property, whatever the prototypes have under this name. */
function define(owner: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(owner, name, { value, enumerable, writable: true, configurable: true });
}

/**
 * Makes an array of holes. Setting the length takes V8 memory for all elements, unless they are in
 * a hash table: adding an element far behind the others, and deleting it, puts them there.
 */
function emptyArray(length: number, affordable: number): unknown[] {
  const array: unknown[] = [];
  if (length > affordable) {
    array[mostElements - 1] = null;
    Reflect.deleteProperty(array, mostElements - 1);
  }
  array.length = length;
  return array;
}

/**
 * Makes an error without a stack. Capturing a stack, which is replaced anyway, takes a hundred
 * times as long as everything else.
 */
function withoutStack(Class: ErrorConstructor): Error {
  const { stackTraceLimit } = Error;
  Reflect.set(Error, "stackTraceLimit", 0);
  try {
    return new Class();
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}

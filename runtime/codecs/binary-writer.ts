import { types } from "node:util";
import {
  countUnicodeClasses,
  errorClasses,
  errorParts,
  isIndex,
  kinds,
  maxDepth,
  mostUnicodeClasses,
  smallInts,
  viewNames,
} from "./binary-form";

/**
 * Writes a value in binary form, after a mark of one byte. It throws for functions, symbols, and
 * objects that are more than their data.
 */
export function writeBinary(mark: number, value: unknown): Buffer {
  const writer = new Writer(mark);
  writer.value(value);
  return writer.written();
}

/**
 * Looked up once: if a class extends String, as in ioredis 6, V8 searches for a string's method in
 * each call.
 */
const { charCodeAt } = String.prototype;
const shortText = 24;

class Writer {
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;
  /** The indices of the objects that were written. */
  readonly #objects = new Map<object, number>();
  readonly #shapes: (readonly string[])[] = [];
  /** The last shape with this many names that begins with this name. */
  readonly #places = new Map<string, number>();
  #depth = 0;
  #unicodeClasses = 0;

  constructor(mark: number) {
    this.#byte(mark);
  }

  written(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  value(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#byte(value ? kinds.true : kinds.false);
      case "undefined":
        return this.#byte(kinds.undefined);
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? this.#byte(kinds.null) : this.#object(value);
      default:
        throw new TypeError(`The structured codec has no form for a ${typeof value}.`);
    }
  }

  #object(value: object): void {
    const place = this.#objects.get(value);
    if (place !== undefined) {
      this.#byte(kinds.reference);
      return this.#count(place);
    }
    this.#objects.set(value, this.#objects.size);
    if (++this.#depth > maxDepth)
      throw new RangeError(
        `The structured codec has no form for what is nested more than ${maxDepth} levels deep.`,
      );
    if (Array.isArray(value)) this.#array(value);
    else if (Object.getPrototypeOf(value) === Object.prototype) this.#record(value);
    else this.#instance(value);
    this.#depth--;
  }

  #record(record: object): void {
    this.#byte(kinds.record);
    this.#properties(record, Object.keys(record));
  }

  #properties(owner: object, names: readonly string[]): void {
    this.#shape(names);
    for (const name of names) this.value((owner as Record<string, unknown>)[name]);
  }

  #shape(names: readonly string[]): void {
    const beginning = `${names.length}:${names[0]}`;
    const place = this.#places.get(beginning);
    if (place !== undefined && areEqual(this.#shapes[place] as readonly string[], names))
      return this.#count(place + 1);
    this.#places.set(beginning, this.#shapes.length);
    this.#shapes.push(names);
    this.#byte(0);
    this.#count(names.length);
    for (const name of names) this.#text(name);
  }

  #array(array: readonly unknown[]): void {
    const names = Object.keys(array);
    const [last = "0"] = names.slice(-1);
    // Indices come first, in ascending order.
    if (names.length !== array.length || !isIndex(last, Math.max(array.length, 1)))
      return this.#sparse(array, names);
    this.#byte(kinds.array);
    this.#count(array.length);
    for (let i = 0; i < array.length; i++) this.value(array[i]);
  }

  /** Writes an array with holes, or with properties beside the elements. */
  #sparse(array: readonly unknown[], names: readonly string[]): void {
    let elements = 0;
    while (elements < names.length && isIndex(names[elements] as string, array.length)) elements++;
    this.#byte(kinds.sparse);
    this.#count(array.length);
    this.#count(elements);
    let next = 0;
    for (let i = 0; i < elements; i++) {
      const index = Number(names[i]);
      this.#count(index - next);
      next = index + 1;
      this.value(array[index]);
    }
    this.#properties(array, names.slice(elements));
  }

  /** Writes an object that is not a record, whichever realm it comes from. */
  #instance(value: object): void {
    if (types.isDate(value)) {
      this.#byte(kinds.date);
      this.#double(Date.prototype.getTime.call(value));
    } else if (types.isMap(value)) this.#map(value);
    else if (types.isSet(value)) this.#set(value);
    else if (ArrayBuffer.isView(value)) this.#view(value);
    else if (types.isArrayBuffer(value)) {
      this.#byte(kinds.memory);
      this.#memory(new Uint8Array(value));
    } else if (types.isRegExp(value)) this.#regexp(value);
    else if (types.isNativeError(value)) this.#error(value);
    else if (types.isBoxedPrimitive(value)) {
      this.#byte(kinds.boxed);
      this.value(primitiveIn(value));
    } else {
      refuseMoreThanData(value);
      this.#record(value);
    }
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    // A getter in one of them may change the map.
    const entries = [...map];
    this.#byte(kinds.map);
    this.#count(entries.length);
    for (const [key, value] of entries) {
      this.value(key);
      this.value(value);
    }
  }

  #set(set: ReadonlySet<unknown>): void {
    const values = [...set];
    this.#byte(kinds.set);
    this.#count(values.length);
    for (const value of values) this.value(value);
  }

  #view(view: ArrayBufferView): void {
    const name = Buffer.isBuffer(view) ? "Buffer" : (typedArrayName.call(view) ?? "DataView");
    const place = viewNames.indexOf(name as (typeof viewNames)[number]);
    if (place < 0) throw new TypeError(`The structured codec has no form for a ${name}.`);
    this.#byte(kinds.view);
    this.#byte(place);
    this.#memory(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  #memory(bytes: Uint8Array): void {
    this.#count(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #regexp(pattern: RegExp): void {
    this.#unicodeClasses += countUnicodeClasses(pattern);
    if (this.#unicodeClasses > mostUnicodeClasses)
      throw new RangeError(
        `The structured codec has no form for regular expressions with more than ${mostUnicodeClasses} classes \\p{…} together.`,
      );
    this.#byte(kinds.regexp);
    this.#text(pattern.source);
    this.#text(pattern.flags);
  }

  #error(error: Error): void {
    const place = errorClasses.findIndex(({ name }) => name === error.name);
    const message: unknown = Object.getOwnPropertyDescriptor(error, "message")?.value;
    const { stack } = error;
    const hasCause = Object.hasOwn(error, "cause");
    this.#byte(kinds.error);
    this.#byte(Math.max(place, 0));
    const parts =
      (typeof message === "string" ? errorParts.message : 0) +
      (typeof stack === "string" ? errorParts.stack : 0) +
      (hasCause ? errorParts.cause : 0);
    this.#byte(parts);
    if (typeof message === "string") this.#text(message);
    if (typeof stack === "string") this.#text(stack);
    if (hasCause) this.value(error.cause);
  }

  #number(value: number): void {
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.#byte(kinds.double);
      this.#double(value);
    } else if (value >= 0 && value < smallInts) this.#byte(smallInts + value);
    else {
      this.#byte(kinds.int);
      this.#count(((value << 1) ^ (value >> 31)) >>> 0);
    }
  }

  #bigint(value: bigint): void {
    const digits = (value < 0n ? -value : value).toString(16);
    const magnitude = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
    this.#byte(kinds.bigint);
    this.#byte(value < 0n ? 1 : 0);
    this.#memory(magnitude);
  }

  #text(text: string): void {
    const { length } = text;
    if (length <= shortText) {
      this.#reserve(2 + length);
      const start = this.#at;
      let at = start + 2;
      for (let i = 0; i < length; i++) {
        const code = charCodeAt.call(text, i);
        if (code > 0xff) return this.#encoded(text, "utf16le");
        this.#bytes[at++] = code;
      }
      this.#bytes[start] = kinds.latin1;
      this.#bytes[start + 1] = length;
      this.#at = at;
    } else this.#encoded(text, isLatin1(text) ? "latin1" : "utf16le");
  }

  #encoded(text: string, encoding: "latin1" | "utf16le"): void {
    const length = encoding === "latin1" ? text.length : text.length * 2;
    this.#byte(encoding === "latin1" ? kinds.latin1 : kinds.utf16);
    this.#count(length);
    this.#reserve(length);
    this.#at += this.#bytes.write(text, this.#at, encoding);
  }

  #double(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  #count(count: number): void {
    this.#reserve(5);
    let rest = count;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = byte;
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/**
 * Reads the name `Uint8Array` and the like, whichever realm the array comes from. It is undefined
 * for a DataView.
 */
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get as (this: object) => string | undefined;

/**
 * Whether the text has as many bytes in UTF-8 as characters. That takes one call, and most long
 * texts do.
 */
function isLatin1(text: string): boolean {
  return Buffer.byteLength(text) === text.length || !/[^\0-\xff]/.test(text);
}

function areEqual(one: readonly string[], other: readonly string[]): boolean {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return one.length === other.length;
}

function primitiveIn(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value);
  throw new TypeError("The structured codec has no form for a symbol.");
}

/** Objects with a state that their properties don't show, by the name of their class. */
const moreThanData =
  /^(?:Promise|Weak\w+|FinalizationRegistry|SharedArrayBuffer|Intl\..+|WebAssembly\..+|.*(?:Iterator|Generator))$/;

function refuseMoreThanData(value: object): void {
  const name = types.isProxy(value) ? "Proxy" : Object.prototype.toString.call(value).slice(8, -1);
  if (name === "Proxy" || (name !== "Object" && moreThanData.test(name)))
    throw new TypeError(`The structured codec has no form for a ${name}.`);
}

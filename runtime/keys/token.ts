/**
 * Encodes one value as its text in a key. The encoding is injective (other values make another
 * text) and readable where that allows it.
 *
 *   5  -5  -0  1.5  NaN  5n  true  null  undefined     as is; Number(1e-7), because "-" separates
 *   word  bob@example.com  Zoë  日本  a UUID             strings that nothing else looks like
 *   "a-b"  "5"  ""  "null"                             all other strings, as JSON
 *   [1,_,2]  {a:1,b:2}  Map{k=>v}  Set{a,b}            holes are _; property order doesn't count
 *   Date(0)  Uint8Array(AQI)  Buffer(AQI)              bytes are base64url
 *   json("12.50")                                      what a toJSON method returned
 *
 * Class names are not in any key, because bundlers rename them. No token without quotes or brackets
 * contains any of - : | , { } [ ] ( ) " # = or a space, except a leading minus and the hyphens of a
 * UUID.
 */
import { types } from "node:util";

const maxDepth = 200;
const maxHoles = 1000;
/**
 * A program's own records have few shapes. Dictionaries, and records from outside, all have
 * different ones, which are not kept.
 */
const maxShapes = 1000;
const maxShapesOfOneName = 8;
const maxLabelsLength = 500;

/** Encodes a value. It throws an `Unkeyable` if the value can't be part of a key. */
export function encodeToken(value: unknown, outer: Trail | null = null): string {
  switch (typeof value) {
    case "string":
      return encodeString(value);
    case "number":
      return encodeNumber(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "undefined";
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : encodeObject(value, outer);
    case "function":
      return refuse(outer, "a function");
    case "symbol":
      return refuse(outer, "a symbol");
  }
}

export function encodeNumber(value: number): string {
  if (value >= 1e-6 || value <= -1e-6) return `${value}`;
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  // Only here does a number have an exponent with a minus sign; 1e+21 has no character that a word
  // can't have.
  const text = `${value}`;
  return text.includes("e-") ? `Number(${text})` : text;
}

/** Matches words and addresses. They begin with a letter, and a number never does. */
const asciiWord = /^[A-Za-z][A-Za-z0-9_.@+]*$/;

// V8 builds the sets of Unicode's letters where it meets them: in the function, not on import.

/**
 * Whether the value is a word in any script. The letters are those of the Unicode version that Node
 * has: one assigned later is quoted until then.
 */
function isWord(value: string): boolean {
  return /^\p{L}[\p{L}\p{M}\p{N}_.@+]*$/u.test(value);
}

/** Whether a word or a number would continue into this literal. */
export function goesOn(literal: string): boolean {
  return /^[\p{L}\p{M}\p{N}_.@+]/u.test(literal);
}

/**
 * Looked up once: if a class extends String, as in ioredis 6, V8 searches for a string's method in
 * each call.
 */
const { charCodeAt } = String.prototype;

/** For each ASCII character: 3 if a word may begin with it, 1 if a word may continue with it. */
const wordCharacters = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  wordCharacters[character.charCodeAt(0)] = 3;
for (const character of "0123456789_.@+") wordCharacters[character.charCodeAt(0)] = 1;

/** Does what `asciiWord` does. For short words it takes half the time. */
function isAsciiWord(value: string): boolean {
  const { length } = value;
  if (length === 0 || length > 32) return asciiWord.test(value);
  if (wordCharacters[charCodeAt.call(value, 0)] !== 3) return false;
  for (let i = 1; i < length; i++) if (!wordCharacters[charCodeAt.call(value, i)]) return false;
  return true;
}

/**
 * Words with a meaning of their own in a key. Those of later Node versions are included, so that
 * keys survive an upgrade.
 */
const reserved = new Set(
  (
    "undefined null true false NaN Infinity Number Date Map Set json Buffer ArrayBuffer DataView " +
    "Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array " +
    "Float16Array Float32Array Float64Array BigInt64Array BigUint64Array"
  ).split(" "),
);

/** The length of most words shows that they are not reserved. */
const isReservedLength = new Uint8Array(32);
for (const { length } of reserved) isReservedLength[length] = 1;

export function encodeString(value: string): string {
  if (isAsciiWord(value))
    return isReservedLength[value.length] && reserved.has(value) ? quote(value) : value;
  if (isUuid(value)) return fiveTokens.test(value) ? quote(value) : value;
  return isWord(value) ? value : quote(value);
}

/**
 * Quotes a text. The result is always well-formed Unicode, because JSON escapes lone surrogates: no
 * two texts become the same bytes.
 */
export function quote(value: string): string {
  return JSON.stringify(value);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/**
 * Matches a UUID that five arguments could spell, with an integer or a word in each place. One in a
 * hundred is like that.
 */
const fiveTokens =
  /^(?:[1-9]\d{7}|[a-f]\w{7})(?:-(?:[1-9]\d{3}|[a-f]\w{3})){3}-(?:[1-9]\d{11}|[a-f]\w{11})$/i;

export function isUuid(value: string): boolean {
  return value.length === 36 && uuid.test(value);
}

// ---- Objects ----

function encodeObject(value: object, outer: Trail | null): string {
  const trail = enter(value, outer);
  const kind: Kind = Object.getPrototypeOf(value) === Object.prototype ? "record" : kindOf(value);
  switch (kind) {
    case "array":
      return encodeArray(value as unknown[], trail);
    case "Date":
      refuseExtras(value, Object.keys(value).length, outer);
      return `Date(${(value as Date).getTime()})`;
    case "Map":
      return encodeMap(value as Map<unknown, unknown>, trail);
    case "Set":
      return encodeSet(value as Set<unknown>, trail);
    case "bytes":
      return encodeBytes(value as ArrayBuffer | NodeJS.ArrayBufferView);
    case "record":
    case "instance": {
      const { toJSON } = value as { toJSON?: unknown };
      if (typeof toJSON === "function") {
        trail.step = ".toJSON()";
        return `json(${encodeToken(toJSON.call(value, ""), trail)})`;
      }
      if (kind === "record") return encodeRecord(value as Record<string, unknown>, trail);
      return refuse(outer, describeInstance(value));
    }
  }
}

type Kind = "record" | "array" | "Date" | "Map" | "Set" | "bytes" | "instance";

/**
 * Returns the kind of an object. An instance of a class that extends a built-in is an ordinary
 * instance, because the class's additions would not be in the key.
 */
function kindOf(value: object): Kind {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "record";
  const depth = chainLength(prototype as object);
  if (depth === 1)
    return Object.hasOwn(prototype as object, "isPrototypeOf") ? "record" : "instance";
  if (depth === 2) {
    if (Array.isArray(value)) return "array";
    if (types.isDate(value)) return "Date";
    if (types.isMap(value)) return "Map";
    if (types.isSet(value)) return "Set";
    if (types.isArrayBuffer(value) || types.isDataView(value)) return "bytes";
  }
  if (prototype === Buffer.prototype || (depth === 3 && types.isTypedArray(value))) return "bytes";
  return "instance";
}

/**
 * Counts the prototypes from this one up. The count distinguishes a built-in from a class that
 * extends it in every realm: under Jest, and in a `vm`, `Array.prototype` is another object.
 */
function chainLength(prototype: object): number {
  let length = 0;
  for (let next: unknown = prototype; next !== null; next = Object.getPrototypeOf(next)) length++;
  return length;
}

function encodeArray(array: readonly unknown[], trail: Trail): string {
  const names = Object.keys(array).length;
  // Each hole is written, and `new Array(2 ** 32 - 1)` has enough of them to end the process.
  if (array.length - names > maxHoles) refuse(trail.outer, `more than ${maxHoles} holes`, "has");
  let text = "";
  let holes = 0;
  for (let i = 0; i < array.length; i++) {
    trail.step = i;
    const item = array[i];
    const hole = item === undefined && !Object.hasOwn(array, i);
    if (hole) holes++;
    text += (i === 0 ? "" : ",") + (hole ? "_" : encodeToken(item, trail));
  }
  refuseExtras(array, names - (array.length - holes), trail.outer);
  return `[${text}]`;
}

function encodeRecord(record: Record<string, unknown>, trail: Trail): string {
  refuseSymbols(record, trail.outer);
  const names = Object.keys(record);
  if (names.length === 0) return "{}";
  const { labels, order } = shapeOf(names);
  let text = "";
  for (let i = 0; i < order.length; i++) {
    const name = names[order[i] as number] as string;
    const value = record[name];
    trail.step = name;
    text += labels[i] as string;
    if (typeof value === "number") text += encodeNumber(value);
    else text += typeof value === "string" ? encodeString(value) : encodeToken(value, trail);
  }
  return text + "}";
}

/** The text in a key for the names of a record: `{a:`, `,b:`. */
interface Shape {
  readonly names: readonly string[];
  readonly labels: readonly string[];
  /** For each label, the index of its name among the record's own names, which are in any order. */
  readonly order: readonly number[];
  /** Another shape whose first name is the same. */
  readonly next: Shape | undefined;
}

/**
 * Shapes by their first name. A program has few kinds of records, each with its names in one order:
 * sorting and quoting the names again for each key was most of the work.
 */
const shapes = new Map<string, Shape>();
let shapeCount = 0;

function shapeOf(names: readonly string[]): Shape {
  const [first] = names as [string];
  const known = shapes.get(first);
  let alike = 0;
  for (let shape = known; shape; shape = shape.next) {
    if (isSame(shape.names, names)) return shape;
    alike++;
  }
  const order = Array.from(names.keys()).sort((a, b) =>
    (names[a] as string) < (names[b] as string) ? -1 : 1,
  );
  const labels = order.map(
    (at, i) => `${i === 0 ? "{" : ","}${encodeString(names[at] as string)}:`,
  );
  const shape: Shape = { names, labels, order, next: known };
  if (
    shapeCount < maxShapes &&
    alike < maxShapesOfOneName &&
    labels.join("").length <= maxLabelsLength
  ) {
    shapeCount++;
    shapes.set(first, shape);
  }
  return shape;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function encodeMap(map: ReadonlyMap<unknown, unknown>, trail: Trail): string {
  refuseExtras(map, Object.keys(map).length, trail.outer);
  const entries: string[] = [];
  for (const [key, value] of map) {
    trail.step = ".keys()";
    const keyToken = encodeToken(key, trail);
    trail.step = `.get(${keyToken})`;
    entries.push(`${keyToken}=>${encodeToken(value, trail)}`);
  }
  return `Map{${entries.join(",")}}`;
}

function encodeSet(set: ReadonlySet<unknown>, trail: Trail): string {
  refuseExtras(set, Object.keys(set).length, trail.outer);
  trail.step = ".values()";
  const items: string[] = [];
  for (const item of set) items.push(encodeToken(item, trail));
  return `Set{${items.join(",")}}`;
}

/**
 * Properties that were added to the view are not looked for, because listing the names of each byte
 * would cost too much.
 */
function encodeBytes(value: ArrayBuffer | NodeJS.ArrayBufferView): string {
  if (Buffer.isBuffer(value)) return `Buffer(${value.toString("base64url")})`;
  const name = Object.prototype.toString.call(value).slice("[object ".length, -"]".length);
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
  return `${name}(${bytes.toString("base64url")})`;
}

// ---- What can't be part of a key ----

/**
 * The container that is being encoded, the step taken in it, and the enclosing containers: for
 * cycles and messages.
 */
interface Trail {
  readonly outer: Trail | null;
  readonly container: object;
  readonly depth: number;
  /** An index, the name of a property, or a call as it is printed. */
  step: number | string;
}

/**
 * States the problem as a predicate, and leaves the subject to the caller: "has a function at
 * .filter.onDone".
 */
export class Unkeyable extends Error {}

function enter(container: object, outer: Trail | null): Trail {
  for (let trail = outer; trail; trail = trail.outer) {
    if (trail.container === container) return refuse(outer, "itself", "contains");
  }
  const depth = outer ? outer.depth + 1 : 1;
  if (depth > maxDepth) throw new Unkeyable(`has more than ${maxDepth} levels of nesting`);
  return { outer, container, depth, step: "" };
}

/** Makes sure that a key leaves out nothing that the function can see. */
function refuseExtras(value: object, extras: number, outer: Trail | null): void {
  if (extras > 0) refuse(outer, "properties besides its elements", "has");
  refuseSymbols(value, outer);
}

function refuseSymbols(value: object, outer: Trail | null): void {
  const symbols = Object.getOwnPropertySymbols(value);
  if (symbols.length === 0) return;
  for (const symbol of symbols) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol))
      refuse(outer, "a property named by a symbol", "has");
  }
}

function describeInstance(value: object): string {
  if (types.isPromise(value)) return "a promise";
  const { constructor } = value;
  const name = typeof constructor === "function" ? constructor.name : "";
  if (name === "" || name === "Object")
    return "an object with a prototype of its own and without toJSON";
  return `an instance of ${name} without toJSON`;
}

function refuse(outer: Trail | null, what: string, verb = outer ? "has" : "is"): never {
  throw new Unkeyable(outer ? `${verb} ${what} at ${printPath(outer)}` : `${verb} ${what}`);
}

function printPath(trail: Trail | null): string {
  return trail ? printPath(trail.outer) + printStep(trail.step) : "";
}

function printStep(step: number | string): string {
  if (typeof step === "number") return `[${step}]`;
  if (step.startsWith(".")) return step;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${quote(step)}]`;
}

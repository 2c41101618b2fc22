import { encodeToken as encodeArgument } from "../../../runtime/keys/token";

/** This takes the place of a missing element when arrays are made. */
export const hole = Symbol("hole");

export class Jsonable {
  constructor(readonly inner: unknown) {}
  toJSON() {
    return this.inner;
  }
}

/**
 * Returns a text for each value, which is the same for equal values. It is written without regard
 * to keys.
 */
export function normal(one: unknown): string {
  return JSON.stringify(tree(one));
}

export function normalList(args: readonly unknown[]): string {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return normal(args.slice(0, last + 1));
}

function tree(one: unknown): unknown {
  if (typeof one === "number") return ["number", Object.is(one, -0) ? "-0" : String(one)];
  if (typeof one === "string")
    return ["string", Array.from({ length: one.length }, (_, i) => one.charCodeAt(i))];
  if (typeof one !== "object" || one === null) return [typeof one, String(one)];
  if (one instanceof Jsonable) return ["json", tree(one.inner)];
  if (one instanceof Date) return ["Date", String(one.getTime())];
  if (one instanceof ArrayBuffer) return ["ArrayBuffer", [...new Uint8Array(one)]];
  if (ArrayBuffer.isView(one))
    return [one.constructor.name, [...new Uint8Array(one.buffer, one.byteOffset, one.byteLength)]];
  if (Array.isArray(one))
    return ["array", Array.from(one, (item, i) => (i in one ? tree(item) : "hole"))];
  if (one instanceof Map) return ["Map", [...one].map((entry) => entry.map(tree))];
  if (one instanceof Set) return ["Set", [...one].map(tree)];
  return [
    "record",
    Object.entries(one)
      .map((entry) => JSON.stringify(entry.map(tree)))
      .sort(),
  ];
}

export function mutate(
  args: readonly unknown[],
  kind: number,
  at: number,
  other: unknown,
): unknown[] {
  const b = [...args];
  const i = args.length === 0 ? 0 : at % args.length;
  const one = b[i];
  const mutations: (() => void)[] = [
    () => (b[i] = other),
    () => (b[i] = typeof one === "symbol" ? 0 : safeString(one)),
    () => (b[i] = encodeArgument(one)),
    () =>
      b.splice(
        i,
        2,
        b
          .slice(i, i + 2)
          .map((one) => encodeArgument(one))
          .join("-"),
      ),
    () =>
      b.splice(
        i,
        2,
        b
          .slice(i, i + 2)
          .map(safeString)
          .join("-"),
      ),
    () =>
      b.splice(
        i,
        5,
        b
          .slice(i, i + 5)
          .map(safeString)
          .join("-"),
      ),
    () => b.splice(i, 1, ...safeString(one).split("-").map(numberIfPlain)),
    () => b.splice(i, 1, ...safeString(one).split("-")),
    () => b.splice(i, 1),
    () => b.splice(i, 0, other),
    () => b.push(undefined, undefined),
    () => b.unshift(undefined),
    () => b.reverse(),
    () => (b[i] = [one]),
    () => (b[i] = new Jsonable(one)),
    () => (b[i] = new Set([one])),
    () => (b[i] = { a: one }),
    () =>
      (b[i] =
        typeof one === "number"
          ? -one
          : typeof one === "bigint"
            ? Number(one)
            : numberIfPlain(one)),
    () =>
      (b[i] =
        one instanceof Date
          ? one.getTime()
          : new Date(Number(typeof one === "number" ? Math.trunc(one) : 0))),
    () =>
      (b[i] =
        typeof one === "string" ? one.slice(0, -1) : one instanceof Uint8Array ? [...one] : one),
    () =>
      (b[i] = Array.isArray(one)
        ? withHoles(one.map((item: unknown, j) => (j === 0 ? hole : item)))
        : one),
    () => (b[i] = reorder(one, at)),
  ];
  mutations[kind % mutations.length]?.();
  return b;
}

function safeString(one: unknown): string {
  return typeof one === "object" ? encodeArgument(one) : String(one);
}

export function numberIfPlain(one: unknown): unknown {
  return typeof one === "string" && one !== "" && String(Number(one)) === one ? Number(one) : one;
}

export function withHoles(items: unknown[]): unknown[] {
  const array = [...items];
  items.forEach((item, i) => item === hole && delete array[i]);
  return array;
}

/** Returns the same value. Anything in it that has no order is in another order. */
export function reorder(one: unknown, seed: number): unknown {
  const turn = <T>(items: T[]) =>
    [
      ...items.slice(seed % (items.length || 1)),
      ...items.slice(0, seed % (items.length || 1)),
    ].reverse();
  const inner = (item: unknown) => reorder(item, seed);
  if (one instanceof Map) return new Map([...one].map(([key, item]) => [inner(key), inner(item)]));
  if (one instanceof Set) return new Set([...one].map(inner));
  if (Array.isArray(one)) return one.map(inner);
  if (typeof one !== "object" || one === null || Object.getPrototypeOf(one) !== Object.prototype)
    return one;
  return Object.fromEntries(turn(Object.entries(one)).map(([key, item]) => [key, inner(item)]));
}

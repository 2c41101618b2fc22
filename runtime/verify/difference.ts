import { types } from "node:util";

/**
 * Returns the first place where two values that a codec has decoded differ, as a path:
 * `.items[3].price`, or "" for the whole value. Returns null if they are equal. The order of
 * properties, of a Map and of a Set is ignored, because it is accidental; the order of an array
 * counts.
 */
export function differenceOf(one: unknown, other: unknown): string | null {
  return difference(one, other, "", new Map());
}

/**
 * The object that each object of the first value was compared with, because values may be cyclic.
 */
type Compared = Map<object, object>;

function difference(one: unknown, other: unknown, path: string, compared: Compared): string | null {
  // NaN equals itself here, and 0 equals -0, because a codec may keep the sign or not.
  if (one === other || (one !== one && other !== other)) return null;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return path;
  if (compared.get(one) === other) return null;
  compared.set(one, other);
  if (kindOf(one) !== kindOf(other)) return path;
  if (Array.isArray(one)) return ofArrays(one, other as unknown[], path, compared);
  if (one instanceof Map) return ofMaps(one, other as Map<unknown, unknown>, path, compared);
  if (one instanceof Set) return ofSets(one, other as Set<unknown>, path, compared);
  if (ArrayBuffer.isView(one))
    return ArrayBuffer.isView(other) && isSameBytes(one, other) ? null : path;
  if (one instanceof ArrayBuffer)
    return isSameBytes(new Uint8Array(one), new Uint8Array(other as ArrayBuffer)) ? null : path;
  const text = textOf(one);
  if (text !== null) return text === textOf(other) ? null : path;
  return ofProperties(propertiesOf(one), propertiesOf(other), path, compared);
}

type Properties = Readonly<Record<string, unknown>>;

function kindOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/**
 * Returns the contents of a date, a regular expression or a boxed primitive as text, and null for
 * other objects.
 */
function textOf(value: object): string | null {
  if (value instanceof Date) return String(value.getTime());
  if (value instanceof RegExp) return `${String(value)} ${value.lastIndex}`;
  if (!types.isBoxedPrimitive(value)) return null;
  // `valueOf` is called only here, because an object that holds data may have a property of that
  // name.
  const inner: unknown = value.valueOf();
  return `${typeof inner} ${String(inner)}`;
}

/** An error's name, message and cause aren't enumerable. */
function propertiesOf(value: object): Properties {
  const own: Properties = { ...(value as Properties) };
  return value instanceof Error
    ? { ...own, name: value.name, message: value.message, cause: value.cause }
    : own;
}

function isSameBytes(one: ArrayBufferView, other: ArrayBufferView): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(one).equals(bytes(other));
}

function ofArrays(
  one: unknown[],
  other: unknown[],
  path: string,
  compared: Compared,
): string | null {
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    const found = difference(one[i], other[i], `${path}[${i}]`, compared);
    if (found !== null) return found;
  }
  return one.length === other.length ? null : `${path}.length`;
}

function ofProperties(
  one: Properties,
  other: Properties,
  path: string,
  compared: Compared,
): string | null {
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const inner = path + step(name);
    if (Object.hasOwn(one, name) !== Object.hasOwn(other, name)) return inner;
    const found = difference(one[name], other[name], inner, compared);
    if (found !== null) return found;
  }
  return null;
}

function ofMaps(
  one: ReadonlyMap<unknown, unknown>,
  other: ReadonlyMap<unknown, unknown>,
  path: string,
  compared: Compared,
): string | null {
  if (!hasPlainMembers(one) || !hasPlainMembers(other))
    return ofArrays([...one], [...other], path, compared);
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const inner = `${path}.get(${typeof key === "string" ? JSON.stringify(key) : String(key)})`;
    if (one.has(key) !== other.has(key)) return inner;
    const found = difference(one.get(key), other.get(key), inner, compared);
    if (found !== null) return found;
  }
  return null;
}

function ofSets(
  one: ReadonlySet<unknown>,
  other: ReadonlySet<unknown>,
  path: string,
  compared: Compared,
) {
  if (!hasPlainMembers(one) || !hasPlainMembers(other))
    return ofArrays([...one], [...other], path, compared);
  if (one.size !== other.size) return `${path}.size`;
  return [...one].every((member) => other.has(member)) ? null : path;
}

/**
 * A Map or a Set finds objects by identity and not by content, so it never finds one of two that
 * were decoded separately.
 */
function hasPlainMembers(members: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>): boolean {
  return Array.from(members.keys()).every((key) => typeof key !== "object" || key === null);
}

function step(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `.${name}`
    : `[${JSON.stringify(name)}]`;
}

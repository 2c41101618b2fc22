/**
 * Returned for a value that has no copy here, or whose copy would take longer than decoding it
 * again.
 */
export const unfit = Symbol("unfit");

/**
 * V8 makes a hash table of a record with more names, and copying one takes longer than parsing it.
 */
const mostNames = 128;

/**
 * Copies a decoded value that is a tree of plain objects, arrays, dates and primitive values. It
 * shares nothing with the value that could be changed. Returns `unfit` for any other value.
 *
 * A caller that needs one copy uses this. `copies.ts` looks at a value once and then makes many. No
 * built-in codec makes functions, or arrays with properties besides their elements, so these are
 * not looked for.
 * @param seen the objects that were copied before, because an object in two places would become two
 * objects. Null if an earlier copy has shown that there is no such object.
 */
export function copyTree(value: unknown, seen: Set<object> | null): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (seen) {
    if (seen.has(value)) return unfit;
    seen.add(value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return copyRecord(value as Record<string, unknown>, seen);
  if (prototype === Array.prototype) return copyArray(value as readonly unknown[], seen);
  if (prototype === Date.prototype && Object.keys(value).length === 0)
    return new Date((value as Date).getTime());
  return unfit;
}

function copyRecord(record: Record<string, unknown>, seen: Set<object> | null): unknown {
  const names = Object.keys(record);
  if (names.length > mostNames) return unfit;
  const copy = { ...record };
  for (const name of names) {
    const value = copy[name];
    if (typeof value !== "object" || value === null) continue;
    // Assigning to it would set the prototype.
    if (name === "__proto__") return unfit;
    const inner = copyTree(value, seen);
    if (inner === unfit) return unfit;
    copy[name] = inner;
  }
  return copy;
}

function copyArray(array: readonly unknown[], seen: Set<object> | null): unknown {
  const copy = array.slice();
  for (let i = 0; i < copy.length; i++) {
    const item = copy[i];
    // A hole would have to stay one.
    if (item === undefined && !Object.hasOwn(copy, i)) return unfit;
    if (typeof item !== "object" || item === null) continue;
    const inner = copyTree(item, seen);
    if (inner === unfit) return unfit;
    copy[i] = inner;
  }
  return copy;
}

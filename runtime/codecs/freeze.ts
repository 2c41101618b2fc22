import { arrayBytes, headerBytes, primitiveBytes, recordBytes } from "./heap-size";

/**
 * Freezes a decoded value with everything in it, so that it can be handed to many callers. A Map
 * and a Set also get methods that throw, because what they hold are not properties.
 *
 * Returns the memory that the value takes, or null if something in it can't be kept from being
 * changed: a Date, bytes, an instance of a class. Then nothing is frozen.
 */
export function freeze(value: unknown): number | null {
  const parts = new Parts();
  parts.add(value);
  if (!parts.areFit()) return null;
  for (const object of parts.objects) lock(object);
  return parts.bytes;
}

/**
 * The sizes of a Map or Set, and of an entry in one that has room for twice as many entries as it
 * holds.
 */
const collectionBytes = 400;
const mapEntryBytes = 64;
const setEntryBytes = 48;

class Parts {
  /**
   * Iterating over a Set includes what is added meanwhile. So there is no recursion, for which a
   * deep value could exhaust the stack.
   */
  readonly objects = new Set<object>();
  bytes = headerBytes;
  #hasFunction = false;

  add(value: unknown): void {
    if (typeof value === "object" && value !== null) this.objects.add(value);
    else if (typeof value === "function") this.#hasFunction = true;
    else this.bytes += primitiveBytes(value);
  }

  /** Adds everything that is in the objects. Returns whether all of it can be frozen. */
  areFit(): boolean {
    for (const object of this.objects)
      if (!this.#addInside(object) || this.#hasFunction) return false;
    return !this.#hasFunction;
  }

  #addInside(object: object): boolean {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype === Map.prototype) {
      const map = object as ReadonlyMap<unknown, unknown>;
      this.bytes += collectionBytes + map.size * mapEntryBytes;
      for (const [key, item] of map) {
        this.add(key);
        this.add(item);
      }
    } else if (prototype === Set.prototype) {
      const set = object as ReadonlySet<unknown>;
      this.bytes += collectionBytes + set.size * setEntryBytes;
      for (const item of set) this.add(item);
    } else if (
      prototype !== Object.prototype &&
      prototype !== Array.prototype &&
      prototype !== null
    )
      return false;
    const names = Object.keys(object);
    this.bytes += Array.isArray(object) ? arrayBytes(object.length) : recordBytes(names);
    for (const name of names) this.add((object as Record<string, unknown>)[name]);
    return true;
  }
}

function lock(object: object): void {
  if (object instanceof Map || object instanceof Set)
    Object.defineProperties(object, object instanceof Map ? lockedMap : lockedSet);
  Object.freeze(object);
}

function refuse(): never {
  throw new TypeError(
    'This value is shared by all callers, because the directive of the function that returned it says "share: true", and can\'t be changed. Change a copy: new Map(…), new Set(…).',
  );
}

const locked = { value: refuse, enumerable: false };
const lockedMap = { set: locked, delete: locked, clear: locked };
const lockedSet = { add: locked, delete: locked, clear: locked };

/**
 * These are the objects that bytes could try to change for the whole process: prototypes, and the
 * functions that return them.
 */
const watched: readonly object[] = [
  ...[
    Object,
    Function,
    Array,
    String,
    Number,
    Boolean,
    BigInt,
    Symbol,
    Date,
    RegExp,
    Map,
    Set,
    Promise,
    Error,
  ].flatMap((Class): object[] => [Class, Class.prototype as object]),
  ...[TypeError, RangeError, ArrayBuffer, DataView, Buffer, Uint8Array, Float64Array].flatMap(
    (Class): object[] => [Class, Class.prototype as object],
  ),
  Object.getPrototypeOf(Uint8Array) as object,
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  JSON,
  Math,
  Reflect,
  globalThis,
];

type Snapshot = readonly (readonly [
  object,
  ReadonlyMap<PropertyKey, PropertyDescriptor>,
  unknown,
])[];

/** Describes everything that may have been changed, for a comparison with `findChange`. */
export function takeSnapshot(): Snapshot {
  // Lazy properties are made at their first use.
  for (const name of Object.getOwnPropertyNames(globalThis)) Reflect.get(globalThis, name);
  return watched.map((one) => [one, propertiesOf(one), Object.getPrototypeOf(one)]);
}

export function findChange(snapshot: Snapshot): string | null {
  for (const [object, before, prototype] of snapshot) {
    const after = propertiesOf(object);
    if (Object.getPrototypeOf(object) !== prototype)
      return `${nameOf(object)} has another prototype`;
    for (const name of new Set([...before.keys(), ...after.keys()]))
      if (!areSame(before.get(name), after.get(name)))
        return `${nameOf(object)}.${String(name)} was changed`;
  }
  return null;
}

/** Looks for a change. It is quick enough to run after each case. */
export function isObjectPrototypeWhole(): boolean {
  for (const name in {}) return name === "";
  return (
    Object.getPrototypeOf(Object.prototype) === null && ({} as { get?: unknown }).get === undefined
  );
}

function propertiesOf(object: object): Map<PropertyKey, PropertyDescriptor> {
  const properties = new Map<PropertyKey, PropertyDescriptor>();
  for (const name of Reflect.ownKeys(object))
    properties.set(name, Reflect.getOwnPropertyDescriptor(object, name) as PropertyDescriptor);
  return properties;
}

const attributes = ["value", "get", "set", "writable", "enumerable", "configurable"] as const;

function areSame(
  one: PropertyDescriptor | undefined,
  other: PropertyDescriptor | undefined,
): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    attributes.every((name) => Object.is(one[name], other[name]))
  );
}

function nameOf(object: object): string {
  if (object === globalThis) return "globalThis";
  if (typeof object === "function") return object.name;
  const owner = Object.getOwnPropertyDescriptor(object, "constructor")?.value as
    { name?: string } | undefined;
  return owner?.name === undefined
    ? Object.prototype.toString.call(object)
    : `${owner.name}.prototype`;
}

/** A step to a value within another one. */
export type Step = string | number;

/** What JSON can say of a value, and what it can't. */
export interface Plain {
  /** The value, with numbers for its dates. What has no date in it is the original itself. */
  readonly value: unknown;
  /** Where the dates were. */
  readonly paths: readonly (readonly Step[])[];
}

// Deeper ones are rare, and might take more stack here than what they are left to.
const maxDepth = 100;
/** Of numbers with a fraction: as text, many of them are longer and slower than V8's form. */
const maxFractions = 32;

/**
 * Null for what JSON would change in any other way than dates: `undefined`, -0, NaN, bigints, Maps, Sets, class
 * instances, holes, an object that stands in two places …
 */
export function takeDatesOut(value: unknown): Plain | null {
  const search: Search = { seen: new Set(), at: [], paths: [], fractions: 0 };
  const plain = plainOf(value, search);
  return plain === notPlain ? null : { value: plain, paths: search.paths };
}

interface Search {
  readonly seen: Set<object>;
  /** The steps that lead to where it is. */
  readonly at: Step[];
  readonly paths: Step[][];
  fractions: number;
}

const notPlain = Symbol("not plain");

function plainOf(value: unknown, search: Search): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return isPlainNumber(value, search) ? value : notPlain;
    case "object":
      return value === null ? null : plainObject(value, search);
    default:
      return notPlain;
  }
}

function isPlainNumber(value: number, search: Search): boolean {
  if (Number.isInteger(value)) return value !== 0 || !Object.is(value, -0);
  return Number.isFinite(value) && ++search.fractions <= maxFractions;
}

function plainObject(value: object, search: Search): unknown {
  const { seen, at } = search;
  if (seen.has(value) || at.length > maxDepth) return notPlain;
  seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return plainRecord(value as Record<string, unknown>, search);
  if (prototype === Array.prototype) return plainArray(value as unknown[], search);
  if (prototype !== Date.prototype) return notPlain;
  const ms = (value as Date).getTime();
  if (Number.isNaN(ms)) return notPlain;
  search.paths.push([...at]);
  return ms;
}

function plainRecord(record: Record<string, unknown>, search: Search): unknown {
  let copy: Record<string, unknown> | null = null;
  for (const name of Object.keys(record)) {
    const inner = record[name];
    // Most values are no objects: for them no step is taken.
    const plain = typeof inner === "object" && inner !== null ? stepTo(name, inner, search) : plainOf(inner, search);
    if (plain === notPlain || name === "__proto__") return notPlain;
    if (plain !== inner) (copy ??= { ...record })[name] = plain;
  }
  return copy ?? record;
}

function plainArray(array: unknown[], search: Search): unknown {
  // Else there are properties besides the elements. Holes are found as `undefined`.
  if (Object.keys(array).length !== array.length) return notPlain;
  let copy: unknown[] | null = null;
  for (let i = 0; i < array.length; i++) {
    const inner = array[i];
    const plain = typeof inner === "object" && inner !== null ? stepTo(i, inner, search) : plainOf(inner, search);
    if (plain === notPlain) return notPlain;
    if (plain !== inner) (copy ??= array.slice())[i] = plain;
  }
  return copy ?? array;
}

function stepTo(step: Step, inner: object, search: Search): unknown {
  search.at.push(step);
  const plain = plainObject(inner, search);
  search.at.pop();
  return plain;
}

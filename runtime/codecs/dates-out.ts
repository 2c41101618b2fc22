import { latestDateMs } from "./binary-form";

/** A step to a value within another one. */
export type Step = string | number;

/** The part of a value that JSON can represent, and the places of the rest. */
export interface Plain {
  /** The value, with numbers for its dates. A value without dates is the original itself. */
  readonly value: unknown;
  /** The paths of the dates. */
  readonly paths: readonly (readonly Step[])[];
}

// Deeper values are rare, and might take more stack here than in the other form.
const maxDepth = 100;
/** The most numbers with a fraction: as text, many of them are longer and slower than V8's form. */
const maxFractions = 32;

/**
 * Replaces dates by numbers. Returns null if JSON would change the value in any other way:
 * `undefined`, -0, NaN, bigints, Maps, Sets, class instances, holes, an object that occurs in two
 * places …
 */
export function takeDatesOut(value: unknown): Plain | null {
  const search: Search = { seen: new Set(), at: [], paths: [], fractions: 0 };
  const plain = plainOf(value, search);
  return plain === notPlain ? null : { value: plain, paths: search.paths };
}

interface Search {
  readonly seen: Set<object>;
  /** The steps that lead to the current value. */
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
    // Most values are not objects, and no step is taken for them.
    const plain =
      typeof inner === "object" && inner !== null
        ? stepTo(name, inner, search)
        : plainOf(inner, search);
    if (plain === notPlain || name === "__proto__") return notPlain;
    if (plain !== inner) (copy ??= { ...record })[name] = plain;
  }
  return copy ?? record;
}

function plainArray(array: unknown[], search: Search): unknown {
  let copy: unknown[] | null = null;
  for (let i = 0; i < array.length; i++) {
    const inner = array[i];
    const plain =
      typeof inner === "object" && inner !== null
        ? stepTo(i, inner, search)
        : plainOf(inner, search);
    if (plain === notPlain) return notPlain;
    if (plain !== inner) (copy ??= array.slice())[i] = plain;
  }
  // Otherwise there are properties besides the elements. Holes were found as `undefined`.
  if (Object.keys(array).length !== array.length) return notPlain;
  return copy ?? array;
}

function stepTo(step: Step, inner: object, search: Search): unknown {
  search.at.push(step);
  const plain = plainObject(inner, search);
  search.at.pop();
  return plain;
}

/**
 * Returns the value that `[value, path, …]` stands for, with the dates in place. A path of one step
 * is that step. It throws for anything that `takeDatesOut` doesn't make: each path must lead
 * through the value's own contents to a number.
 */
export function putDatesIn(root: unknown): unknown {
  if (!Array.isArray(root) || root.length === 0) throw new TypeError("There is no value.");
  for (let i = 1; i < root.length; i++) putDate(root, root[i]);
  return root[0];
}

function putDate(root: unknown[], path: unknown): void {
  if (!Array.isArray(path)) return putDateAt(root[0], path);
  let parent: unknown = root;
  let step: unknown = 0;
  for (const next of path as unknown[]) {
    if (!hasStep(parent, step))
      throw new TypeError(`There is no ${String(step)} on the way to a date.`);
    parent = parent[step as Step];
    step = next;
  }
  putDateAt(parent, step);
}

function putDateAt(parent: unknown, step: unknown): void {
  const ms = hasStep(parent, step) ? parent[step as Step] : null;
  if (typeof ms !== "number" || Math.abs(ms) > latestDateMs)
    throw new TypeError("There is no date at its place.");
  (parent as Record<Step, unknown>)[step as Step] = new Date(ms);
}

/**
 * Whether the value has that element or own property. A prototype's properties and an array's
 * length don't count.
 */
function hasStep(parent: unknown, step: unknown): parent is Record<Step, unknown> {
  if (typeof parent !== "object" || parent === null) return false;
  const fits = Array.isArray(parent)
    ? typeof step === "number"
    : typeof step === "string" && step !== "__proto__";
  return fits && Object.hasOwn(parent, step as Step);
}

/**
 * Copies of a decoded value, for hits in memory: taking one is several times as fast as
 * decoding it again. Each caller gets a value of its own, as from the codec.
 */
export interface Copies {
  /** Makes the same value, with nothing in it shared that could be changed. */
  readonly copy: () => unknown;
  /** The original where `{ ...record }` is all there is to do: then nothing else needs to be fetched from memory. */
  readonly record: object | null;
  /** What the original takes of memory, roughly. */
  readonly bytes: number;
}

/** Null for what is no tree of plain objects, arrays, dates and primitive values. */
export function createCopies(value: unknown): Copies | null {
  const survey: Survey = { seen: new Set(), bytes: 0 };
  const part = partOf(value, survey);
  if (part === unfit) return null;
  return { copy: part ? part.copy : () => value, record: part?.record ?? null, bytes: survey.bytes };
}

interface Survey {
  /** An object that stands in two places would become two. */
  readonly seen: Set<object>;
  bytes: number;
}

/** An object that has to be copied. */
interface Part {
  readonly copy: () => unknown;
  /** See `Copies`. */
  readonly record?: object | null;
}

const unfit = Symbol("unfit");

/** Null: it can't be changed, and is shared. */
function partOf(value: unknown, survey: Survey): Part | null | typeof unfit {
  if (typeof value === "string") survey.bytes += 24 + value.length;
  else survey.bytes += 8;
  if (typeof value !== "object" || value === null) return typeof value === "function" ? unfit : null;
  if (survey.seen.has(value)) return unfit;
  survey.seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return recordPart(value as Record<string, unknown>, survey);
  if (prototype === Array.prototype) return arrayPart(value as unknown[], survey);
  if (prototype === Date.prototype) return datePart(value as Date, survey);
  return unfit;
}

function recordPart(record: Record<string, unknown>, survey: Survey): Part | typeof unfit {
  survey.bytes += 56;
  const inner = partsOf(record, Object.keys(record), survey);
  if (inner === unfit) return unfit;
  const { names, parts } = inner;
  return {
    record: names.length === 0 ? record : null,
    copy: () => {
      const copy = { ...record };
      for (let i = 0; i < names.length; i++) copy[names[i] as string] = (parts[i] as Part).copy();
      return copy;
    },
  };
}

function arrayPart(array: unknown[], survey: Survey): Part | typeof unfit {
  const indices = Object.keys(array);
  survey.bytes += 32;
  // A hole, or a property besides the elements.
  if (indices.length !== array.length) return unfit;
  const inner = partsOf(array, indices, survey);
  if (inner === unfit) return unfit;
  const { names, parts } = inner;
  const places = names.map(Number);
  return {
    copy: () => {
      const copy = array.slice();
      for (let i = 0; i < places.length; i++) copy[places[i] as number] = (parts[i] as Part).copy();
      return copy;
    },
  };
}

function datePart(date: Date, survey: Survey): Part | typeof unfit {
  survey.bytes += 88;
  if (Object.keys(date).length > 0) return unfit;
  const ms = date.getTime();
  return { copy: () => new Date(ms) };
}

/** The properties that have to be copied. */
function partsOf(
  container: object,
  all: readonly string[],
  survey: Survey,
): { readonly names: readonly string[]; readonly parts: readonly Part[] } | typeof unfit {
  const names: string[] = [];
  const parts: Part[] = [];
  for (const name of all) {
    // Assigning to it would set the prototype.
    if (name === "__proto__") return unfit;
    const part = partOf((container as Record<string, unknown>)[name], survey);
    if (part === unfit) return unfit;
    if (!part) continue;
    names.push(name);
    parts.push(part);
  }
  return { names, parts };
}

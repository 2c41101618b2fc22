import {
  arrayBytes,
  dateBytes,
  headerBytes,
  listBytes,
  primitiveBytes,
  recordBytes,
} from "./heap-size";

/**
 * Copies of a decoded value, for hits in memory. Taking one is several times as fast as decoding
 * the value again. Each caller gets a value of its own, as from the codec.
 */
export interface Copies {
  readonly source: CopySource;
  /**
   * The original if `{ ...record }` makes a copy. Then nothing else has to be fetched from memory.
   */
  readonly record: object | null;
  /** The memory that is used for it. */
  readonly bytes: number;
}

export interface CopySource {
  /** Makes the same value, and shares nothing in it that could be changed. */
  copy(): unknown;
}

/** Returns null if the value is not a tree of plain objects, arrays, dates and primitive values. */
export function createCopies(value: unknown): Copies | null {
  const survey: Survey = { seen: new Set(), bytes: headerBytes };
  const part = partOf(value, survey);
  if (part === unfit) return null;
  const record = part instanceof RecordSource ? part.plainRecord : null;
  return { source: part ?? new SharedValue(value), record, bytes: survey.bytes };
}

interface Survey {
  /** An object that occurs in two places would become two objects. */
  readonly seen: Set<object>;
  bytes: number;
}

const unfit = Symbol("unfit");

/** Returns null if the value can't be changed and is shared. */
function partOf(value: unknown, survey: Survey): CopySource | null | typeof unfit {
  if (typeof value === "function") return unfit;
  if (typeof value !== "object" || value === null) {
    survey.bytes += primitiveBytes(value);
    return null;
  }
  if (survey.seen.has(value)) return unfit;
  survey.seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return recordPart(value as Record<string, unknown>, survey);
  if (prototype === Array.prototype) return arrayPart(value as unknown[], survey);
  if (prototype === Date.prototype) return datePart(value as Date, survey);
  return unfit;
}

function recordPart(record: Record<string, unknown>, survey: Survey): CopySource | typeof unfit {
  const all = Object.keys(record);
  survey.bytes += recordBytes(all) + sourceBytes;
  const inner = partsOf(record, all, survey);
  return inner === unfit ? unfit : new RecordSource(record, inner.places, inner.parts);
}

function arrayPart(array: unknown[], survey: Survey): CopySource | typeof unfit {
  const indices = Object.keys(array);
  // There is a hole, or a property besides the elements.
  if (indices.length !== array.length) return unfit;
  survey.bytes += arrayBytes(array.length) + sourceBytes;
  // Their slots contain the numbers themselves.
  const isNumeric = array.every((item) => typeof item === "number");
  const inner = isNumeric ? nothingInside : partsOf(array, indices, survey);
  if (inner === unfit) return unfit;
  return new ArraySource(
    array,
    inner.places.length === 0 ? noPlaces : inner.places.map(Number),
    inner.parts,
  );
}

function datePart(date: Date, survey: Survey): CopySource | typeof unfit {
  survey.bytes += dateBytes + sourceBytes;
  return Object.keys(date).length > 0 ? unfit : new DateSource(date.getTime());
}

interface Inside {
  /** The names of the properties to copy. */
  readonly places: readonly string[];
  readonly parts: readonly CopySource[];
}

const nothingInside: Inside = { places: [], parts: [] };
const noPlaces: readonly number[] = [];
const sourceBytes = 48;

function partsOf(container: object, all: readonly string[], survey: Survey): Inside | typeof unfit {
  const places: string[] = [];
  const parts: CopySource[] = [];
  for (const name of all) {
    // Assigning to it would set the prototype.
    if (name === "__proto__") return unfit;
    const part = partOf((container as Record<string, unknown>)[name], survey);
    if (part === unfit) return unfit;
    if (!part) continue;
    places.push(name);
    parts.push(part);
  }
  if (places.length === 0) return nothingInside;
  survey.bytes += 2 * listBytes(places.length);
  // Slices have no spare capacity.
  return { places: places.slice(), parts: parts.slice() };
}

class SharedValue implements CopySource {
  constructor(private readonly value: unknown) {}

  copy(): unknown {
    return this.value;
  }
}

class RecordSource implements CopySource {
  constructor(
    private readonly record: Record<string, unknown>,
    private readonly names: readonly string[],
    private readonly parts: readonly CopySource[],
  ) {}

  /** Returns the record if nothing in it has to be copied. */
  get plainRecord(): object | null {
    return this.names.length === 0 ? this.record : null;
  }

  copy(): unknown {
    const { names, parts } = this;
    const copy = { ...this.record };
    for (let i = 0; i < names.length; i++)
      copy[names[i] as string] = (parts[i] as CopySource).copy();
    return copy;
  }
}

class ArraySource implements CopySource {
  constructor(
    private readonly array: readonly unknown[],
    private readonly places: readonly number[],
    private readonly parts: readonly CopySource[],
  ) {}

  copy(): unknown {
    const { places, parts } = this;
    const copy = this.array.slice();
    for (let i = 0; i < places.length; i++)
      copy[places[i] as number] = (parts[i] as CopySource).copy();
    return copy;
  }
}

class DateSource implements CopySource {
  constructor(private readonly ms: number) {}

  copy(): unknown {
    return new Date(this.ms);
  }
}

import { type Backend } from "./backend";
import { type BoundPlan } from "./bound-plan";
import { asError } from "./cache";
import { idLength, isCurrent, parseStored } from "./entry";
import { CodecError } from "./errors";
import { type Missing } from "./start-loads";

/** A key to read, and the tags that its entry must agree with. */
export interface Wanted {
  readonly key: string;
  readonly args: ArrayLike<unknown>;
  readonly versionKeys: readonly string[];
}

export type Found =
  { readonly hit: true; readonly value: unknown } | { readonly hit: false; readonly missing: Missing };

const noVersions: readonly (Buffer | null)[] = [];

/** Reads one key with its tags' versions, in one round trip. A backend that fails makes a miss. Never rejects. */
export async function lookUp(bound: BoundPlan, wanted: Wanted): Promise<Found> {
  const keys = keysOf(wanted);
  return judgeRead(bound, wanted, await read(bound, keys, (backend) => backend.read(keys, bound.reading)));
}

/** The same for many keys, still in one round trip; each key and version is asked for once. */
export async function lookUpAll(bound: BoundPlan, wanted: readonly Wanted[]): Promise<Found[]> {
  if (bound.reading) return lookUpEach(bound, wanted);
  const keys = [...new Set(wanted.flatMap(keysOf))];
  const bytes = await read(bound, keys, (backend) => backend.read(keys));
  if (!bytes) return wanted.map(outage);
  const byKey = new Map(keys.map((key, i) => [key, bytes[i] ?? null]));
  const standing = (key: string): Buffer | null => byKey.get(key) ?? null;
  return wanted.map((one) =>
    judge(
      bound,
      one,
      standing(one.key),
      one.versionKeys.map((key) => asVersion(standing(key))),
    ),
  );
}

/**
 * Where a memory tier may answer, it has some of the entries: each is read by itself, so
 * that it takes its versions from where it comes from. What is left is still one command.
 */
async function lookUpEach(bound: BoundPlan, wanted: readonly Wanted[]): Promise<Found[]> {
  const keys = wanted.map(keysOf);
  const bytes = await read(bound, keys.flat(), (backend) =>
    Promise.all(keys.map((each) => backend.read(each, bound.reading))),
  );
  return wanted.map((one, i) => judgeRead(bound, one, bytes && (bytes[i] ?? null)));
}

function keysOf({ key, versionKeys }: Wanted): readonly string[] {
  return versionKeys.length === 0 ? [key] : [key, ...versionKeys];
}

/** What a foreign program has put there is no version: a new one takes its place. */
function asVersion(bytes: Buffer | null): Buffer | null {
  return bytes?.length === idLength ? bytes : null;
}

async function read<T>(
  { cache }: BoundPlan,
  keys: readonly string[],
  start: (backend: Backend) => Promise<T>,
): Promise<T | null> {
  try {
    return await cache.ask("read", keys, start);
  } catch {
    return null;
  }
}

/** The bytes of one read: of the entry, then of its versions. Null: the backend could not be read. */
function judgeRead(bound: BoundPlan, wanted: Wanted, bytes: readonly (Buffer | null)[] | null): Found {
  if (!bytes) return outage(wanted);
  return judge(bound, wanted, bytes[0] ?? null, bytes.length === 1 ? noVersions : bytes.slice(1).map(asVersion));
}

function outage(wanted: Wanted): Found {
  const versions = wanted.versionKeys.map(() => null);
  return { hit: false, missing: { ...wanted, versions, seenId: null, force: false, outage: true } };
}

/** Is what stands at the key an entry, of this format, current, and readable by this codec? */
function judge(bound: BoundPlan, wanted: Wanted, bytes: Buffer | null, versions: readonly (Buffer | null)[]): Found {
  const { plan, cache, codec } = bound;
  const miss = (seenId: Buffer | null, force: boolean): Found => {
    cache.emit({ type: "miss", name: plan.name, key: wanted.key });
    return { hit: false, missing: { ...wanted, versions, seenId, force, outage: false } };
  };
  if (bytes === null) return miss(null, false);
  const stored = parseStored(bytes);
  if (stored === "unreadable") return unusable(new Error("its header is cut off, or of another version"), null);
  if (stored.payload === null) return miss(stored.id, false);
  // A plain entry has no id to tell it by: if it is of no use, its place is taken whatever stands there by then.
  if (!isCurrent(stored, versions)) return miss(stored.id, stored.id === null);
  try {
    const value = codec.decode(stored.payload);
    cache.emit({ type: "hit", name: plan.name, key: wanted.key });
    return { hit: true, value };
  } catch (error) {
    return unusable(error, stored.id);
  }

  function unusable(cause: unknown, seenId: Buffer | null): Found {
    const message = `The entry at "${wanted.key}" could not be read: ${asError(cause).message}`;
    cache.emit({
      type: "unusable",
      name: plan.name,
      key: wanted.key,
      error: new CodecError(message, wanted.key, { cause }),
    });
    return miss(seenId, seenId === null);
  }
}

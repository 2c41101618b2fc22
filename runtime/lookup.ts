import { type BoundPlan } from "./bound-plan";
import { asError } from "./cache";
import { isCurrent, parseStored } from "./entry";
import { CodecError } from "./errors";
import { type Missing } from "./load";

/** A key to read, and the tags that its entry must agree with. */
export interface Wanted {
  readonly key: string;
  readonly args: ArrayLike<unknown>;
  readonly versionKeys: readonly string[];
}

export type Found = { readonly hit: true; readonly value: unknown } | { readonly hit: false; readonly missing: Missing };

const noVersions: readonly (Buffer | null)[] = [];

/** Reads one key with its tags' versions, in one round trip. A backend that fails makes a miss. Never rejects. */
export async function lookUp(bound: BoundPlan, wanted: Wanted): Promise<Found> {
  const keys = wanted.versionKeys.length === 0 ? [wanted.key] : [wanted.key, ...wanted.versionKeys];
  const bytes = await read(bound, keys);
  return bytes ? judge(bound, wanted, bytes[0] ?? null, keys.length === 1 ? noVersions : bytes.slice(1)) : outage(wanted);
}

/** The same for many keys, still in one round trip; each key and version is asked for once. */
export async function lookUpAll(bound: BoundPlan, wanted: readonly Wanted[]): Promise<Found[]> {
  const keys = [...new Set(wanted.flatMap((one) => [one.key, ...one.versionKeys]))];
  const bytes = await read(bound, keys);
  if (!bytes) return wanted.map(outage);
  const byKey = new Map(keys.map((key, i) => [key, bytes[i] ?? null]));
  const standing = (key: string): Buffer | null => byKey.get(key) ?? null;
  return wanted.map((one) => judge(bound, one, standing(one.key), one.versionKeys.map(standing)));
}

async function read({ cache }: BoundPlan, keys: readonly string[]): Promise<(Buffer | null)[] | null> {
  try {
    return await cache.ask("read", keys, (backend) => backend.read(keys));
  } catch (error) {
    cache.fault("read", keys, error);
    return null;
  }
}

function outage(wanted: Wanted): Found {
  return { hit: false, missing: { ...wanted, versions: wanted.versionKeys.map(() => null), seenId: null, force: false, outage: true } };
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
    cache.emit({ type: "unusable", name: plan.name, key: wanted.key, error: new CodecError(message, wanted.key, { cause }) });
    return miss(seenId, seenId === null);
  }
}

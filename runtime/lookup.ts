import { type BoundPlan, keyOf, versionKeysOf } from "./bound-plan";
import { note, noteUnusable } from "./counters";
import { type Entry, idLength, isCurrent, parseStored } from "./entry";
import { ageOf } from "./lifetime";
import { type Missing } from "./start-loads";

/** A key to read, and the tags that its entry must agree with. */
export interface Wanted {
  readonly key: string;
  readonly args: ArrayLike<unknown>;
  readonly versionKeys: readonly string[];
}

/** Throws a KeyError. */
export function wantedOf(bound: BoundPlan, self: unknown, args: ArrayLike<unknown>): Wanted {
  return { key: keyOf(bound, self, args), args, versionKeys: versionKeysOf(bound, self, args) };
}

/** A hit may be outdated: it is served, and to be loaded again meanwhile. */
export type Found =
  | { readonly hit: true; readonly value: unknown; readonly outdated: Missing | null }
  | { readonly hit: false; readonly missing: Missing };

/** What will do: an entry that may be served now, or any that is better than the loader's error. */
export type Standard = "served" | "spare";

type Bytes = Buffer | null;

const noVersions: readonly Bytes[] = [];

/** Reads one key with its tags' versions, in one round trip. A backend that fails makes a miss. Never rejects. */
export async function lookUp(bound: BoundPlan, wanted: Wanted, standard: Standard = "served"): Promise<Found> {
  const bytes = await read(bound, keysOf(wanted));
  if (!bytes) return outage(wanted);
  const standing = new Standing(bound, wanted, bytes);
  const waiting = prepare(bound, [standing]);
  if (waiting) await waiting;
  return judge(standing, standard);
}

/**
 * A hit that needs no waiting, for the backend has all of it in this process and nothing
 * but tags to judge it by. Null: look it up.
 */
export function glance(bound: BoundPlan, wanted: Wanted): { readonly value: unknown } | null {
  if (bound.plan.resultTags) return null;
  const bytes = bound.cache.glance(keysOf(wanted), bound.reading);
  if (!bytes) return null;
  const { entry, versions } = new Standing(bound, wanted, bytes);
  if (!entry || entry.times || entry.resultTags.length > 0 || !isCurrent(entry.versions, versions)) return null;
  try {
    return { value: serve(bound, wanted.key, entry, "hit") };
  } catch {
    // Told of where it is looked up.
    return null;
  }
}

/** The same for many keys, still in one round trip; each key and version is asked for once. */
export async function lookUpAll(
  bound: BoundPlan,
  wanted: readonly Wanted[],
  standard: Standard = "served",
): Promise<Found[]> {
  const bytes = await readAll(bound, wanted);
  if (!bytes) return wanted.map(outage);
  const all = wanted.map((one, i) => new Standing(bound, one, bytes[i] as readonly Bytes[]));
  const waiting = prepare(bound, all);
  if (waiting) await waiting;
  return all.map((one) => judge(one, standard));
}

/** What stands at a key: its bytes, taken apart, and the versions of its tags. */
class Standing {
  readonly bound: BoundPlan;
  readonly wanted: Wanted;
  readonly entry: Entry | null;
  /** Of the bytes at the key, whether they are an entry or not. */
  readonly id: Buffer | null;
  readonly unreadable: boolean;
  readonly versions: readonly Bytes[];
  /** Of the tags that the entry names itself, in its order. */
  namedVersions: readonly Bytes[] = noVersions;

  /** @param bytes of the key, then of the tags' versions */
  constructor(bound: BoundPlan, wanted: Wanted, bytes: readonly Bytes[]) {
    this.bound = bound;
    this.wanted = wanted;
    const stored = bytes[0] ? parseStored(bytes[0]) : null;
    this.unreadable = stored === "unreadable";
    this.entry = stored && stored !== "unreadable" && stored.payload !== null ? stored : null;
    this.id = stored && stored !== "unreadable" ? stored.id : null;
    this.versions = bytes.length === 1 ? noVersions : bytes.slice(1).map(asVersion);
  }

  /** The keys of the versions that have to be read yet, for only the entry has named them. */
  get namedKeys(): string[] {
    return this.entry ? this.entry.resultTags.map(({ name }) => this.bound.cache.versionKey(name)) : [];
  }
}

/** What judging needs besides the first read; null where that was all. */
function prepare(bound: BoundPlan, all: readonly Standing[]): Promise<unknown> | null {
  const timed = bound.timed || all.some(({ entry }) => entry?.times);
  const clock = timed ? bound.cache.storeClock.ready() : null;
  if (!bound.plan.resultTags) return clock;
  const named = all.filter(({ entry }) => entry && entry.resultTags.length > 0);
  if (named.length === 0) return clock;
  const keys = [...new Set(named.flatMap((one) => one.namedKeys))];
  const versions = read(bound, keys).then((bytes) => {
    const byKey = new Map(keys.map((key, i) => [key, asVersion(bytes?.[i] ?? null)]));
    for (const one of named) one.namedVersions = one.namedKeys.map((key) => byKey.get(key) ?? null);
  });
  return Promise.all([versions, clock]);
}

function keysOf({ key, versionKeys }: Wanted): readonly string[] {
  return versionKeys.length === 0 ? [key] : [key, ...versionKeys];
}

/** What a foreign program has put there is no version: a new one takes its place. */
function asVersion(bytes: Bytes): Bytes {
  return bytes?.length === idLength ? bytes : null;
}

/** Null: the backend could not be asked. */
function read({ cache, reading }: BoundPlan, keys: readonly string[]): Promise<readonly Bytes[] | null> {
  return cache.read(keys, (backend) => backend.read(keys, reading)).catch(() => null);
}

/** Of each, the bytes of its entry, then of its versions. */
async function readAll(bound: BoundPlan, wanted: readonly Wanted[]): Promise<readonly (readonly Bytes[])[] | null> {
  const { cache, reading } = bound;
  const keys = wanted.map(keysOf);
  // Where a memory tier may answer, it has some of the entries: each is read by itself, so that it takes its
  // versions from where it comes from. What is left is still one command.
  if (reading) {
    const start = cache.read(keys.flat(), (backend) => Promise.all(keys.map((each) => backend.read(each, reading))));
    return start.catch(() => null);
  }
  const unique = [...new Set(keys.flat())];
  const bytes = await read(bound, unique);
  if (!bytes) return null;
  const byKey = new Map(unique.map((key, i) => [key, bytes[i] ?? null]));
  return keys.map((each) => each.map((key) => byKey.get(key) ?? null));
}

function outage(wanted: Wanted): Found {
  const versions = wanted.versionKeys.map(() => null);
  return { hit: false, missing: { ...wanted, versions, seenId: null, force: false, outage: true } };
}

/** Is what stands at the key an entry, of this format, current, of use still, and readable by this codec? */
function judge(standing: Standing, standard: Standard): Found {
  const { bound, entry, id } = standing;
  if (standing.unreadable)
    return unusable(standing, standard, new Error("its header is cut off, or of another version"));
  if (!entry) return miss(standing, standard, false);
  // A plain entry has no id to tell it by: if it is of no use, its place is taken whatever stands there by then.
  if (!isCurrent(entry.versions, standing.versions) || !namesAreCurrent(entry, standing))
    return miss(standing, standard, id === null);
  const age = ageOf(bound, entry.times);
  if (age === "expired" || (age === "spare" && standard === "served")) return miss(standing, standard, false);
  try {
    const type = age === "fresh" || age === "early" ? "hit" : "stale";
    const value = serve(bound, standing.wanted.key, entry, type);
    const again = age !== "fresh" && standard === "served";
    return { hit: true, value, outdated: again ? missing(standing, false) : null };
  } catch (error) {
    return unusable(standing, standard, error);
  }
}

/** The value of an entry that is to be returned. Throws what the codec throws. */
function serve(bound: BoundPlan, key: string, { payload }: Entry, type: "hit" | "stale"): unknown {
  const value = bound.codec.decode(payload);
  bound.account.counters.readBytes += payload.length;
  note(bound, type, key);
  return value;
}

function namesAreCurrent({ resultTags }: Entry, { namedVersions }: Standing): boolean {
  if (resultTags.length === 0) return true;
  const carried = resultTags.map(({ version }) => version);
  return isCurrent(carried, namedVersions);
}

function unusable(standing: Standing, standard: Standard, cause: unknown): Found {
  const { key } = standing.wanted;
  noteUnusable(standing.bound, key, `The entry at "${key}" could not be read`, cause);
  return miss(standing, standard, standing.id === null);
}

function miss(standing: Standing, standard: Standard, force: boolean): Found {
  if (standard === "served") note(standing.bound, "miss", standing.wanted.key);
  return { hit: false, missing: missing(standing, force) };
}

function missing({ wanted, versions, id }: Standing, force: boolean): Missing {
  return { ...wanted, versions, seenId: id, force, outage: false };
}

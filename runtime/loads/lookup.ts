import { type Answers } from "../backends/outbox";
import { type Found, Hit, type Lease, type Missing, type Standard, Wanted } from "../cache/found";
import { decodeTogether } from "../codecs/built-in-codecs";
import { type BoundPlan } from "./bound-plan";
import { keyOf, versionKeysOf } from "./call-keys";
import { isPayload, judge, recordServed } from "./judge";
import { readAndLease } from "./lease";

/** Throws a KeyError. */
export function wantedOf(bound: BoundPlan, self: unknown, args: ArrayLike<unknown>): Wanted {
  return new Wanted(keyOf(bound, self, args), args, versionKeysOf(bound, self, args));
}

/**
 * Reads one key with its tags' versions in one round trip. If the backend fails, that is a miss.
 * Never rejects.
 */
export async function lookUp(
  bound: BoundPlan,
  wanted: Wanted,
  standard: Standard = "served",
): Promise<Found> {
  return judge(bound, wanted, await bound.cache.read(keysToRead(wanted), bound.reading), standard);
}

/** Reads many keys, still in one round trip. Each key and version is asked for once. */
export async function lookUpAll(
  bound: BoundPlan,
  all: readonly Wanted[],
  standard: Standard = "served",
): Promise<Found[]> {
  if (bound.reading) return lookUpEach(bound, all, standard);
  const keys = keysOfAll(all);
  return judgeAll(bound, all, keys, await bound.cache.read(keys), standard);
}

/**
 * A tier reads each entry by itself. The guard doesn't let more than a certain number through at
 * once.
 */
const mostReadsAtOnce = 1_024;

/** Reads each key by itself, in turns. */
async function lookUpEach(
  bound: BoundPlan,
  all: readonly Wanted[],
  standard: Standard,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < all.length; at += mostReadsAtOnce) {
    const turn = all.slice(at, at + mostReadsAtOnce);
    found.push(...(await Promise.all(turn.map((wanted) => lookUp(bound, wanted, standard)))));
  }
  return found;
}

/**
 * Like `lookUpAll`, for a caller that loads what is missing. If much was missing at the last read,
 * the leases are taken with this one, if the backend can do that. The caller must use or release
 * them.
 */
export async function lookUpToLoad(bound: BoundPlan, all: readonly Wanted[]): Promise<Found[]> {
  if (bound.reading) return lookUpAll(bound, all);
  const { cache } = bound;
  const keys = keysOfAll(all);
  const answer = new Promise<readonly [Answers, readonly (Lease | null)[]]>((resolve) => {
    if (bound.expectsMissing)
      readAndLease(cache, keys, all.length, (...answers) => resolve(answers));
    else cache.readTo(keys, undefined, (values) => resolve([values, noLeases]));
  });
  const [values, leases] = await answer;
  bound.expectsMissing = isMuchMissing(values, all.length);
  const found = await judgeAll(bound, all, keys, values, "served");
  leases.forEach((lease, i) => {
    if (lease) (found[i] as Missing).lease = lease;
  });
  return found;
}

/**
 * Reads one key with its tags' versions for a caller that loads what is missing, and calls back
 * with the values. If the function has mostly missed of late, the lease is taken with the read, if
 * the backend can do that and the key holds nothing. The caller must use or release it.
 */
export function readToLoad(
  bound: BoundPlan,
  wanted: Wanted,
  onAnswers: (values: Answers, lease?: Lease | null) => void,
): void {
  const { cache, reading } = bound;
  const keys = keysToRead(wanted);
  // The second argument of an outbox is the reason for a failed read, and not a lease.
  if (bound.recentMisses < mostlyMissing || reading)
    cache.readTo(keys, reading, (values) => onAnswers(values));
  else readAndLease(cache, keys, 1, (values, leases) => onAnswers(values, leases[0]));
}

/** Does the same, and returns a promise of what was found. */
export async function lookUpOneToLoad(bound: BoundPlan, wanted: Wanted): Promise<Found> {
  let lease: Lease | null | undefined;
  const values = await new Promise<Answers>((resolve) =>
    readToLoad(bound, wanted, (answers, taken) => {
      lease = taken;
      resolve(answers);
    }),
  );
  return judgeToLoad(bound, wanted, values, lease);
}

/** Judges what `readToLoad` has read. If a lease was taken, nothing can have been found. */
export function judgeToLoad(
  bound: BoundPlan,
  wanted: Wanted,
  values: Answers,
  lease: Lease | null | undefined,
): Found | Promise<Found> {
  recordRead(bound, values[0]);
  const found = judge(bound, wanted, values);
  if (!lease) return found;
  const leased = (missing: Found): Found => {
    (missing as Missing).lease = lease;
    return missing;
  };
  return found instanceof Promise ? found.then(leased) : leased(found);
}

/**
 * Rises by one with each key that held nothing, and falls by one with each that held something, so
 * that it is high where most reads find nothing. An entry that is not current holds its key: no
 * lease could be taken with the read.
 */
function recordRead(bound: BoundPlan, bytes: Answers[number]): void {
  if (bytes === null) {
    if (bound.recentMisses < mostRecentMisses) bound.recentMisses++;
  } else if (bytes && bound.recentMisses > 0) bound.recentMisses--;
}

const mostRecentMisses = 8;
const mostlyMissing = 4;

const noLeases: readonly null[] = [];
/**
 * A share of what was wanted. If less is missing, taking leases with the read costs Redis more than
 * it saves.
 */
const muchMissing = 1 / 4;
/**
 * The limit of what is stored at the keys. A script takes several times as long as a command for
 * each byte that it reads.
 */
const mostBytesLeased = 64 * 1024;

/** @param count of the values that are entries */
function isMuchMissing(values: Answers, count: number): boolean {
  let missing = 0;
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value) bytes += value.length;
    else if (value === null) missing++;
  }
  return missing >= count * muchMissing && bytes <= mostBytesLeased;
}

/** Returns the keys of the entries, in the same order, and then those of the tags' versions. */
function keysOfAll(all: readonly Wanted[]): readonly string[] {
  const keys = all.map(({ key }) => key);
  return all.every(hasNoTags)
    ? keys
    : [...new Set([...keys, ...all.flatMap(({ versionKeys }) => versionKeys)])];
}

function hasNoTags({ versionKeys }: Wanted): boolean {
  return versionKeys.length === 0;
}

function judgeAll(
  bound: BoundPlan,
  all: readonly Wanted[],
  keys: readonly string[],
  values: Answers,
  standard: Standard,
): Found[] | Promise<Found[]> {
  if (all.every(hasNoTags)) return whole(judgeTagless(bound, all, values, standard));
  const byKey = new Map(keys.map((key, i) => [key, values[i]]));
  const valuesOf = (wanted: Wanted): Answers => keysToRead(wanted).map((key) => byKey.get(key));
  return whole(all.map((wanted) => judge(bound, wanted, valuesOf(wanted), standard)));
}

/** Judges entries without tags. Their values are in the same order. */
function judgeTagless(
  bound: BoundPlan,
  all: readonly Wanted[],
  values: Answers,
  standard: Standard,
): (Found | Promise<Found>)[] {
  // A shared result is decoded separately, if at all.
  const payloads = bound.timed || bound.share ? [] : values.filter(isPayload);
  const decoded = decodeTogether(bound.codec, payloads);
  let next = 0;
  return all.map((wanted, i) => {
    const payload = payloads[next];
    if (!decoded || !payload || values[i] !== payload)
      return judge(bound, wanted, values, standard, i);
    recordServed(bound, wanted.key, payload.length, "hit");
    return new Hit(decoded[next++], null);
  });
}

function whole(found: readonly (Found | Promise<Found>)[]): Found[] | Promise<Found[]> {
  if (!found.some((one) => one instanceof Promise)) return found as Found[];
  return Promise.all(found.map(async (one) => one));
}

export function keysToRead({ key, versionKeys }: Wanted): readonly string[] {
  return versionKeys.length === 0 ? [key] : [key, ...versionKeys];
}

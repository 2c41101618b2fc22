import { type Answers, noAnswers } from "../backends/outbox";
import { type Found, Hit, type Missing, type Standard, Wanted } from "../cache/found";
import { decodeTogether } from "../codecs/built-in-codecs";
import { type BoundPlan } from "./bound-plan";
import { keyOf, versionKeysOf } from "./call-keys";
import { isPayload, judge, noteServed } from "./judge";
import { readAndLease } from "./lease";

/** Throws a KeyError. */
export function wantedOf(bound: BoundPlan, self: unknown, args: ArrayLike<unknown>): Wanted {
  return new Wanted(keyOf(bound, self, args), args, versionKeysOf(bound, self, args));
}

/** Reads one key with its tags' versions, in one round trip. A backend that fails makes a miss. Never rejects. */
export async function lookUp(bound: BoundPlan, wanted: Wanted, standard: Standard = "served"): Promise<Found> {
  return judge(bound, wanted, await bound.cache.read(keysOf(wanted), bound.reading), standard);
}

/** The same for many keys, still in one round trip; each key and version is asked for once. */
export async function lookUpAll(
  bound: BoundPlan,
  all: readonly Wanted[],
  standard: Standard = "served",
): Promise<Found[]> {
  if (bound.reading) return lookUpEach(bound, all, standard);
  const keys = keysOfAll(all);
  return judgeAll(bound, all, keys, await bound.cache.read(keys), standard);
}

/** A tier reads each entry by itself. More than this many at once would be more than the guard lets through. */
const mostReadsAtOnce = 1_024;

/** Reads each key by itself, in turns. */
async function lookUpEach(bound: BoundPlan, all: readonly Wanted[], standard: Standard): Promise<Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < all.length; at += mostReadsAtOnce) {
    const turn = all.slice(at, at + mostReadsAtOnce);
    found.push(...(await Promise.all(turn.map((wanted) => lookUp(bound, wanted, standard)))));
  }
  return found;
}

/**
 * `lookUpAll`, for who loads what is missing: where much was missing the last time, the leases are taken with the read,
 * if that can be. They are to be used or released.
 */
export async function lookUpToLoad(bound: BoundPlan, all: readonly Wanted[]): Promise<Found[]> {
  if (bound.reading) return lookUpAll(bound, all);
  const { cache } = bound;
  const keys = keysOfAll(all);
  const answer = bound.expectsMissing
    ? await readAndLease(cache, keys, all.length)
    : { values: await cache.read(keys), leases: noLeases };
  const values = answer?.values ?? noAnswers(keys);
  bound.expectsMissing = isMuchMissing(values, all.length);
  const found = await judgeAll(bound, all, keys, values, "served");
  answer?.leases.forEach((lease, i) => {
    if (lease) (found[i] as Missing).lease = lease;
  });
  return found;
}

const noLeases: readonly null[] = [];
/** A share of what was wanted. For less, taking leases with the read costs Redis more than it saves. */
const muchMissing = 1 / 4;
/** Of what is there. A script that reads takes several times as long as a command for each byte. */
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

/** Of the entries, in the same order, then of the tags' versions. */
function keysOfAll(all: readonly Wanted[]): readonly string[] {
  const keys = all.map(({ key }) => key);
  return all.every(hasNoTags) ? keys : [...new Set([...keys, ...all.flatMap(({ versionKeys }) => versionKeys)])];
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
  const valuesOf = (wanted: Wanted): Answers => keysOf(wanted).map((key) => byKey.get(key));
  return whole(all.map((wanted) => judge(bound, wanted, valuesOf(wanted), standard)));
}

/** Entries that have no tags, whose values are in the same order. */
function judgeTagless(
  bound: BoundPlan,
  all: readonly Wanted[],
  values: Answers,
  standard: Standard,
): (Found | Promise<Found>)[] {
  // What is shared is decoded by itself, if at all.
  const payloads = bound.timed || bound.share ? [] : values.filter(isPayload);
  const decoded = decodeTogether(bound.codec, payloads);
  let next = 0;
  return all.map((wanted, i) => {
    const payload = payloads[next];
    if (!decoded || !payload || values[i] !== payload) return judge(bound, wanted, values, standard, i);
    noteServed(bound, wanted.key, payload.length, "hit");
    return new Hit(decoded[next++], null);
  });
}

function whole(found: readonly (Found | Promise<Found>)[]): Found[] | Promise<Found[]> {
  if (!found.some((one) => one instanceof Promise)) return found as Found[];
  return Promise.all(found.map(async (one) => one));
}

export function keysOf({ key, versionKeys }: Wanted): readonly string[] {
  return versionKeys.length === 0 ? [key] : [key, ...versionKeys];
}

import { type BoundPlan, keyOf, versionKeysOf } from "./bound-plan";
import { type Codec } from "../codecs/codec";
import { decodeTogether, isBuiltIn, isOfPlainData } from "../codecs/built-in-codecs";
import { type Copies, type CopySource, createCopies } from "../codecs/copies";
import { note, noteUnusable, tell } from "./record";
import { Entry, idLength, isPlain, parseStored } from "../entry/entry";
import { readAndLease } from "./lease";
import { type Found, Hit, Missing, type Standard, Wanted } from "../cache/found";
import { ageOf } from "./lifetime";
import { type Held } from "../backends/backend";
import { type Answers, noAnswers } from "../backends/outbox";

/** Throws a KeyError. */
export function wantedOf(bound: BoundPlan, self: unknown, args: ArrayLike<unknown>): Wanted {
  return new Wanted(keyOf(bound, self, args), args, versionKeysOf(bound, self, args));
}

type Bytes = Buffer | null;

const noVersions: readonly Bytes[] = [];

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
  if (all.length <= mostReadsAtOnce) return Promise.all(all.map((wanted) => lookUp(bound, wanted, standard)));
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
  const payloads = bound.timed ? [] : values.filter(isPayload);
  const decoded = decodeTogether(bound.codec, payloads);
  let next = 0;
  return all.map((wanted, i) => {
    const payload = payloads[next];
    if (!decoded || !payload || values[i] !== payload) return judge(bound, wanted, values, standard, i);
    noteServed(bound, wanted.key, payload.length, "hit");
    return new Hit(decoded[next++], null);
  });
}

/** Most entries of functions without tags and times: nothing to judge. */
function isPayload(bytes: Bytes | undefined): bytes is Buffer {
  return bytes != null && isPlain(bytes);
}

function whole(found: readonly (Found | Promise<Found>)[]): Found[] | Promise<Found[]> {
  if (!found.some((one) => one instanceof Promise)) return found as Found[];
  return Promise.all(found.map(async (one) => one));
}

/** The answer of `glance` where there is none. */
export const notAtHand = Symbol("not at hand");

/**
 * The value of a hit that needs no waiting, for the backend has all of it in this process
 * and nothing but tags to judge it by. Else: look it up.
 */
export function glance(bound: BoundPlan, key: string, versionKeys: readonly string[]): unknown {
  const { cache, plan } = bound;
  if (plan.resultTags) return notAtHand;
  const held = cache.glance(key, bound.reading);
  if (!held) return notAtHand;
  const { note } = held;
  if (note instanceof Decoded && note.codec === bound.codec) {
    const { tagged, record } = note;
    if (tagged ? !isCurrentAtHand(bound, tagged, versionKeys) : versionKeys.length > 0) return notAtHand;
    noteServed(bound, key, note.payloadBytes, "hit");
    return record === null ? note.source.copy() : { ...record };
  }
  const entry = parseStored(held.bytes);
  if (!(entry instanceof Entry) || entry.times || entry.resultTags.length > 0) return notAtHand;
  if (!isCurrentAtHand(bound, entry, versionKeys)) return notAtHand;
  try {
    const value = serve(bound, key, entry, "hit");
    if (note === null) held.note = readOnce;
    else if (note === readOnce) keepDecoded(bound, key, entry, held);
    return value;
  } catch {
    // Told of where it is looked up.
    return notAtHand;
  }
}

/** Left with bytes that were decoded: the next time it pays to keep the value. */
const readOnce = Symbol("read once");

/** Left with bytes that are read again and again: an entry with nothing but tags to judge it by. */
class Decoded {
  readonly payloadBytes: number;
  /** Null: it has no tags. */
  readonly tagged: Entry | null;
  readonly source: CopySource;
  readonly record: Copies["record"];

  constructor(
    readonly codec: Codec,
    entry: Entry,
    { source, record }: Copies,
  ) {
    this.payloadBytes = entry.payload.length;
    this.tagged = entry.versionCount > 0 ? entry : null;
    this.source = source;
    this.record = record;
  }
}

/** Left with bytes that are to be decoded each time. */
const readAnew = Symbol("read anew");

/** What V8 keeps for a `Decoded`, and for the entry in it. */
const plainNoteBytes = 80;
const taggedNoteBytes = 280;

/** The value is decoded once more, for the caller's own must not be kept. */
function keepDecoded({ codec, cache }: BoundPlan, key: string, entry: Entry, held: Held): void {
  held.note = readAnew;
  // What other codecs make may be more than its data.
  const copies = isOfPlainData(codec) ? createCopies(codec.decode(entry.payload)) : null;
  if (!copies) return;
  const noteBytes = copies.bytes + (entry.versionCount > 0 ? taggedNoteBytes : plainNoteBytes);
  cache.annotate(key, new Decoded(codec, entry, copies), noteBytes);
}

/** Judged by the versions that are at hand: one that is not makes the entry dead. */
function isCurrentAtHand({ cache, reading }: BoundPlan, entry: Entry, versionKeys: readonly string[]): boolean {
  if (versionKeys.length === 0) return entry.isCurrent(noVersions);
  return entry.isCurrent(versionKeys.map((key) => asVersion(cache.glance(key, reading)?.bytes)));
}

export function keysOf({ key, versionKeys }: Wanted): readonly string[] {
  return versionKeys.length === 0 ? [key] : [key, ...versionKeys];
}

/** What a foreign program has put there is no version: a new one takes its place. */
function asVersion(bytes: Bytes | undefined): Bytes {
  return bytes?.length === idLength ? bytes : null;
}

/** Those of the wanted tags, which follow the entry at this place. */
function versionsIn({ versionKeys }: Wanted, values: Answers, at: number): readonly Bytes[] {
  return versionKeys.length === 0 ? noVersions : versionKeys.map((_, i) => asVersion(values[at + 1 + i]));
}

function outage(wanted: Wanted): Missing {
  const versions = wanted.versionKeys.map(() => null);
  return new Missing(wanted, versions, null, false, true);
}

/** What stands at a key: its bytes, taken apart, and the versions of its tags. */
class Standing {
  readonly stored: ReturnType<typeof parseStored> | null;
  readonly versions: readonly Bytes[];

  constructor(
    readonly bound: BoundPlan,
    readonly wanted: Wanted,
    values: Answers,
    at: number,
    readonly standard: Standard,
  ) {
    const bytes = values[at];
    this.stored = bytes ? parseStored(bytes) : null;
    this.versions = versionsIn(wanted, values, at);
  }

  get entry(): Entry | null {
    const { stored } = this;
    return stored && stored !== "unreadable" && stored.payload !== null ? stored : null;
  }

  /** Of the bytes at the key, whether they are an entry or not. */
  get id(): string | null {
    const { stored } = this;
    return stored && stored !== "unreadable" ? stored.id : null;
  }
}

/**
 * Is what stands at the key an entry, of this format, current, of use still, and readable by this codec?
 * A promise where that takes another read, or the time.
 * @param values of the key and its tags' versions, from `at` on
 */
export function judge(
  bound: BoundPlan,
  wanted: Wanted,
  values: Answers,
  standard: Standard = "served",
  at = 0,
): Found | Promise<Found> {
  const bytes = values[at];
  if (!bound.timed && wanted.versionKeys.length === 0 && isPayload(bytes)) {
    const value = decodeOr(none, bound, bytes);
    if (value !== none) {
      noteServed(bound, wanted.key, bytes.length, "hit");
      return new Hit(value, null);
    }
  }
  if (!isAnswered(wanted, values, at)) return outage(wanted);
  const standing = new Standing(bound, wanted, values, at, standard);
  const { entry } = standing;
  const clock = bound.timed || entry?.times ? bound.cache.storeClock.ready() : null;
  const named = entry && bound.plan.resultTags && entry.resultTags.length > 0 ? readNamed(bound, entry) : null;
  if (!clock && !named) return decide(standing, noVersions);
  return Promise.all([named, clock]).then(([versions]) => decide(standing, versions ?? noVersions));
}

function isAnswered({ versionKeys }: Wanted, values: Answers, at: number): boolean {
  if (values[at] === undefined) return false;
  return versionKeys.every((_, i) => values[at + 1 + i] !== undefined);
}

/** The entry that a caller would be given as a hit now; null where there is none. Nothing is counted, and nobody hears of it. */
export async function peek(bound: BoundPlan, wanted: Wanted): Promise<Entry | null> {
  const values = await bound.cache.read(keysOf(wanted), bound.reading);
  if (!isAnswered(wanted, values, 0)) return null;
  const { entry, versions } = new Standing(bound, wanted, values, 0, "served");
  if (!entry?.isCurrent(versions)) return null;
  if (bound.plan.resultTags && !entry.isCurrentByName(await readNamed(bound, entry))) return null;
  if (bound.timed || entry.times) await bound.cache.storeClock.ready();
  const age = ageOf(bound, entry.times);
  return age === "fresh" || age === "early" ? entry : null;
}

/** Whether judging what is stored runs nothing of the user's, neither a codec nor a listener, and takes no other read. */
export function isOursAlone({ cache, codec, plan, timed }: BoundPlan): boolean {
  return !timed && !plan.resultTags && isBuiltIn(codec) && !cache.isHeard();
}

/** The versions of the tags that the entry names itself, in its order; none where they can't be read. */
async function readNamed({ cache, reading }: BoundPlan, { resultTags }: Entry): Promise<readonly Bytes[]> {
  const keys = resultTags.map(({ name }) => cache.versionKey(name));
  const values = await cache.read(keys, reading);
  return keys.map((_, i) => asVersion(values[i]));
}

function decide(standing: Standing, namedVersions: readonly Bytes[]): Found {
  const { bound, wanted, entry, id, standard } = standing;
  if (standing.stored === "unreadable")
    return unusable(standing, new Error("its header is cut off, or of another version"));
  if (!entry) return miss(standing, false);
  // A plain entry has no id to tell it by: if it is of no use, its place is taken whatever stands there by then.
  if (!entry.isCurrent(standing.versions) || !entry.isCurrentByName(namedVersions)) return miss(standing, id === null);
  const age = ageOf(bound, entry.times);
  if (age === "unknown") return outage(wanted);
  if (age === "expired" || (age === "spare" && standard === "served")) return miss(standing, false);
  try {
    const type = age === "fresh" || age === "early" ? "hit" : "stale";
    const value = serve(bound, wanted.key, entry, type);
    const again = age !== "fresh" && standard === "served";
    return new Hit(value, again ? missing(standing, false) : null);
  } catch (error) {
    return unusable(standing, error);
  }
}

const none = Symbol("none");

/** What can't be decoded is told of where the entry is looked at as a whole. */
function decodeOr(otherwise: typeof none, { codec }: BoundPlan, payload: Buffer): unknown {
  try {
    return codec.decode(payload);
  } catch {
    return otherwise;
  }
}

/** The value of an entry that is to be returned. Throws what the codec throws. */
function serve(bound: BoundPlan, key: string, entry: Entry, type: "hit" | "stale"): unknown {
  const value = bound.codec.decode(entry.payload);
  noteServed(bound, key, entry.payload.length, type);
  return value;
}

function noteServed(bound: BoundPlan, key: string, payloadBytes: number, type: "hit" | "stale"): void {
  const { counters } = bound.account;
  counters.readBytes += payloadBytes;
  // By its name, for hits are what there is most of: V8 takes several times as long where the name is a variable.
  if (type === "hit") counters.hit++;
  else counters.stale++;
  tell(bound, type, key);
}

function unusable(standing: Standing, cause: unknown): Found {
  const { key } = standing.wanted;
  noteUnusable(standing.bound, key, `The entry at "${key}" could not be read`, cause);
  return miss(standing, standing.id === null);
}

function miss(standing: Standing, force: boolean): Missing {
  if (standing.standard === "served") note(standing.bound, "miss", standing.wanted.key);
  return missing(standing, force);
}

function missing({ wanted, versions, id }: Standing, force: boolean): Missing {
  return new Missing(wanted, versions, id, force, false);
}

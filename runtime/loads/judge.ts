import { type Answers } from "../backends/outbox";
import { type Found, Hit, Missing, type Standard, type Wanted } from "../cache/found";
import { isBuiltIn } from "../codecs/built-in-codecs";
import { findDecode } from "../codecs/repeated-reads";
import { type Entry, idLength, isPlain, parseStored } from "../entry/entry";
import { isFlaggedHold, isSurelyHeld } from "../entry/hold";
import { type BoundPlan } from "./bound-plan";
import { type MissReason } from "../events";
import { registry } from "../cache/registry";
import { tagOfVersionKey } from "../keys/key-names";
import { ageOf } from "./lifetime";
import { record, recordUnusable, notify, notifyHit } from "./record";
import { decodeShared } from "./shared-results";

type Bytes = Buffer | null;

export const noVersions: readonly Bytes[] = [];

/**
 * Whether the bytes are an entry without a header, as most entries of functions without tags and
 * times are. It needs no judging.
 */
export function isPayload(bytes: Bytes | undefined): bytes is Buffer {
  return bytes != null && isPlain(bytes);
}

/**
 * Returns the version, or null if there is none. Bytes that another program has put there are not a
 * version, and a new version replaces them.
 */
export function asVersion(bytes: Bytes | undefined): Bytes {
  return bytes?.length === idLength ? bytes : null;
}

/** Returns the versions of the wanted tags, which follow the entry at this index. */
function versionsIn({ versionKeys }: Wanted, values: Answers, at: number): readonly Bytes[] {
  return versionKeys.length === 0
    ? noVersions
    : versionKeys.map((_, i) => asVersion(values[at + 1 + i]));
}

function outage(bound: BoundPlan, wanted: Wanted, standard: Standard): Missing {
  if (standard === "served") observeMiss(bound, wanted.key, "unreachable");
  const versions = wanted.versionKeys.map(() => null);
  return new Missing(wanted, versions, null, false, true);
}

/** What is stored at a key, parsed, and the versions of its tags. */
class StoredState {
  readonly stored: ReturnType<typeof parseStored> | null;
  readonly versions: readonly Bytes[];
  /** The versions of the tags that the entry names itself, as they were read. */
  named: Answers = noVersions;

  constructor(
    readonly bound: BoundPlan,
    readonly wanted: Wanted,
    readonly values: Answers,
    readonly at: number,
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

  /** The id of the bytes at the key, whether or not they are an entry. */
  get id(): string | null {
    const { stored } = this;
    return stored && stored !== "unreadable" ? stored.id : null;
  }

  /** The first tag whose version differs from the entry's, or null if it isn't known. */
  endedTag(): string | null {
    const { entry, wanted, versions, named } = this;
    if (!entry) return null;
    const isOther = (version: Bytes | undefined, own: string | undefined): boolean =>
      version?.toString("latin1") !== own;
    const own = entry.versions;
    // Entries of a directive with other tags have another number of versions.
    const index =
      own.length === versions.length
        ? versions.findIndex((version, i) => isOther(version, own[i]))
        : -1;
    if (index >= 0) return tagOfVersionKey(wanted.versionKeys[index] as string);
    const ended = entry.resultTags.find(({ version }, i) => isOther(named[i], version));
    return ended?.name ?? null;
  }

  /** Whether a transaction is writing this, as far as that is known without asking the store. */
  get isHeld(): boolean {
    const { values, at, wanted, named, bound } = this;
    const isHold = (bytes: Bytes | undefined): boolean =>
      bytes != null &&
      isFlaggedHold(bytes) &&
      isSurelyHeld(bytes, bound.cache.settings.clock.now());
    for (let i = 0; i <= wanted.versionKeys.length; i++) if (isHold(values[at + i])) return true;
    return named.some(isHold);
  }
}

/**
 * Decides whether what is stored at the key is an entry of this format that is current, not
 * expired, and readable by this codec. It returns a promise if that takes another read, or the
 * store's time.
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
    const value = decodeOr(none, bound, wanted.key, bytes);
    if (value !== none) {
      recordServed(bound, wanted.key, bytes.length, "hit");
      return new Hit(value, null);
    }
  }
  if (!isAnswered(wanted, values, at)) return outage(bound, wanted, standard);
  const standing = new StoredState(bound, wanted, values, at, standard);
  const { entry } = standing;
  const clock = bound.timed || entry?.times ? bound.cache.storeClock.ready() : null;
  const named =
    entry && bound.plan.resultTags && entry.resultTags.length > 0 ? readNamed(bound, entry) : null;
  if (!clock && !named) return decide(standing, noVersions);
  return Promise.all([named, clock]).then(([versions]) => decide(standing, versions ?? noVersions));
}

function isAnswered({ versionKeys }: Wanted, values: Answers, at: number): boolean {
  if (values[at] === undefined) return false;
  return versionKeys.every((_, i) => values[at + 1 + i] !== undefined);
}

/**
 * Whether judging what is stored runs nothing of the user's, neither a codec nor a listener, and
 * takes no other read.
 */
export function isOursAlone({ cache, codec, plan, timed }: BoundPlan): boolean {
  return !timed && !plan.resultTags && isBuiltIn(codec) && !cache.isHeard();
}

/**
 * Returns the entry that a caller would get as a hit now, or null. Nothing is counted, and no
 * listener is called.
 * @param values what is stored at the key and at its tags' versions
 */
export async function hitAmong(
  bound: BoundPlan,
  wanted: Wanted,
  values: Answers,
): Promise<Entry | null> {
  if (!isAnswered(wanted, values, 0)) return null;
  const { entry, versions } = new StoredState(bound, wanted, values, 0, "served");
  if (!entry?.isCurrent(versions)) return null;
  if (
    bound.plan.resultTags &&
    !entry.isCurrentByName((await readNamed(bound, entry)).map(asVersion))
  )
    return null;
  if (bound.timed || entry.times) await bound.cache.storeClock.ready();
  const age = ageOf(bound, entry.times);
  return age === "fresh" || age === "early" ? entry : null;
}

/** Reads the versions of the tags that the entry names itself, in its order. */
function readNamed({ cache, reading }: BoundPlan, { resultTags }: Entry): Promise<Answers> {
  return cache.read(
    resultTags.map(({ name }) => cache.versionKey(name)),
    reading,
  );
}

function decide(standing: StoredState, named: Answers): Found {
  const { bound, wanted, entry, id, standard } = standing;
  standing.named = named;
  if (standing.stored === "unreadable")
    return unusable(standing, new Error("its header is cut off, or of another version"));
  if (!entry)
    return miss(standing, false, standing.isHeld ? "held" : id === null ? "absent" : "leased");
  // A plain entry has no id that identifies it. If it is not usable, it is replaced whatever is
  // stored there by then.
  if (!entry.isCurrent(standing.versions) || !entry.isCurrentByName(named.map(asVersion)))
    return miss(standing, id === null, standing.isHeld ? "held" : "tag");
  const age = ageOf(bound, entry.times);
  if (age === "unknown") return outage(bound, wanted, standard);
  if (age === "expired" || (age === "staleIfError" && standard === "served"))
    return miss(standing, false, "expired");
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

/**
 * Returns the value, or `otherwise` if the payload can't be decoded. That is reported where the
 * whole entry is judged.
 */
function decodeOr(otherwise: typeof none, bound: BoundPlan, key: string, payload: Buffer): unknown {
  try {
    return decodeStored(bound, key, payload, payload, null);
  } catch {
    return otherwise;
  }
}

/** Returns the value of an entry, and counts it. Throws what the codec throws. */
export function serve(bound: BoundPlan, key: string, entry: Entry, type: "hit" | "stale"): unknown {
  const { bytes, payload } = entry;
  const value = decodeStored(bound, key, bytes, payload, entry);
  recordServed(bound, key, payload.length, type);
  return value;
}

/** Decodes for one of perhaps many callers of the same bytes. Throws what the codec throws. */
function decodeStored(
  bound: BoundPlan,
  key: string,
  bytes: Buffer,
  payload: Buffer,
  entry: Entry | null,
): unknown {
  if (bound.share) return decodeShared(bound, key, payload, entry);
  const { codec, cache, plan } = bound;
  const one = findDecode(key, bytes, codec, cache.readsFreshBytes);
  if (!one) return codec.decode(payload);
  return plan.share ? one.frozen(codec, payload) : one.own(codec, payload);
}

export function recordServed(
  bound: BoundPlan,
  key: string,
  payloadBytes: number,
  type: "hit" | "stale",
): void {
  const { counters } = bound.account;
  counters.readBytes += payloadBytes;
  // The counter is named, because V8 takes several times as long if its name is a variable, and
  // most calls are hits.
  if (type === "hit") {
    counters.hit++;
    notifyHit(bound, key);
  } else {
    counters.stale++;
    notify(bound, type, key);
  }
}

function unusable(standing: StoredState, cause: unknown): Found {
  const { key } = standing.wanted;
  recordUnusable(standing.bound, key, `The entry at "${key}" could not be read`, cause);
  return miss(standing, standing.id === null, "unreadable");
}

function miss(standing: StoredState, force: boolean, reason: MissReason): Missing {
  const { bound, wanted, standard } = standing;
  if (standard === "served") {
    record(bound, "miss", wanted.key);
    if (registry.observer !== null)
      observeMiss(bound, wanted.key, reason, reason === "tag" ? standing.endedTag() : null);
  }
  return missing(standing, force);
}

function observeMiss(
  { plan, cache }: BoundPlan,
  key: string,
  reason: MissReason,
  tag: string | null = null,
): void {
  registry.observer?.missed({ cache: cache.name, name: plan.name, key, reason, tag });
}

function missing(standing: StoredState, force: boolean): Missing {
  const { wanted, versions, id, isHeld } = standing;
  return new Missing(wanted, versions, id, force, isHeld);
}

import { type WriteRequest } from "../backends/backend";
import { type BoundPlan } from "./bound-plan";
import { type Codec } from "../codecs/codec";
import { isBuiltIn } from "../codecs/built-in-codecs";
import { note, noteAll, noteUnusable } from "./record";
import { createStored, noTerms, type ResultTag, type Terms } from "../entry/entry";
import { giveUpLeases } from "./lease";
import { type Lease } from "../cache/found";
import { type Lifetime, lifetimeOf, timesOf } from "./lifetime";
import { type Fate, type Load } from "../cache/load";
import { sendInPieces } from "../backends/pieces";
import { randomId } from "../entry/id";
import { disown } from "../user-code/thrown";

/** One value that a holder of a lease wants stored. */
export interface Candidate {
  /** It has a lease. */
  readonly load: Load;
  readonly resultTags?: readonly ResultTag[];
  readonly value: unknown;
  readonly payload: Buffer | string;
  readonly lifetime: Lifetime;
  readonly loadMs: number;
}

/** Stores what leases still permit, and returns what became of each. A fault is an event, and stores nothing. */
export function store(bound: BoundPlan, writes: readonly Candidate[]): Promise<readonly Fate[]> {
  const { backend } = bound.cache.settings;
  return sendInPieces(
    backend,
    writes,
    (part) => storePart(bound, part),
    ({ payload }) => payload.length,
  );
}

function storePart(bound: BoundPlan, writes: readonly Candidate[]): Promise<readonly Fate[]> {
  const asking = bound.timed ? bound.cache.storeClock.ready() : null;
  return asking ? asking.then(() => write(bound, writes)) : write(bound, writes);
}

function write(bound: BoundPlan, writes: readonly Candidate[]): Promise<readonly Fate[]> {
  const { cache, account } = bound;
  const keys = writes.map(({ load }) => load.key);
  const now = bound.timed ? cache.storeClock.now() : 0;
  if (now === null) {
    // An entry whose end was made up would be served for too long by those who know the time. The fault has been an event.
    giveUpLeases(cache, writes.map(leaseOf));
    noteAll(bound, "drop", keys);
    return Promise.resolve(writes.map(() => "unstored"));
  }
  const requests = writes.map((one) => requestOf(bound, one, now));
  return cache
    .ask("write", keys, (backend) => backend.write(requests))
    .then(
      (stored) => {
        for (let i = 0; i < requests.length; i++)
          if (stored[i]) account.counters.storedBytes += Buffer.byteLength((requests[i] as WriteRequest).bytes);
        if (stored.every(Boolean)) noteAll(bound, "store", keys);
        else for (const [i, key] of keys.entries()) note(bound, stored[i] ? "store" : "drop", key);
        return stored.map((one) => (one ? "stored" : "dropped"));
      },
      () => {
        // A full Redis refuses writes only: with the leases gone the next callers needn't wait for them.
        giveUpLeases(cache, requests);
        return writes.map(() => "unstored" as const);
      },
    );
}

function leaseOf({ load }: Candidate): Lease {
  return load.lease as Lease;
}

function requestOf(bound: BoundPlan, one: Candidate, now: number): WriteRequest {
  const { load, lifetime, resultTags = noTerms.resultTags } = one;
  const { versionKeys } = load.missing.wanted;
  const lease = leaseOf(one);
  const terms: Terms = { versions: load.versions, resultTags, times: timesOf(bound, lifetime, one.loadMs, now) };
  return {
    key: lease.key,
    token: lease.token,
    alone: lease.alone === true,
    bytes: createStored(randomId(), terms, one.payload),
    ttlMs: lifetime.storedMs,
    versionKeys:
      resultTags.length === 0
        ? versionKeys
        : [...versionKeys, ...resultTags.map(({ name }) => bound.cache.versionKey(name))],
  };
}

/** How long a result is of use; null: it is not to be stored, for `when` or its own ttl says so. */
export function judgeValue(
  bound: BoundPlan,
  self: unknown,
  key: string,
  args: ArrayLike<unknown>,
  value: unknown,
): Lifetime | null {
  if (!isWanted(bound, self, key, args, value)) return null;
  const lifetime = lifetimeOf(bound, self, key, args, value);
  if (!lifetime) note(bound, "skip", key);
  return lifetime;
}

/** What `when` says. */
function isWanted(bound: BoundPlan, self: unknown, key: string, args: ArrayLike<unknown>, value: unknown): boolean {
  const { plan } = bound;
  if (!plan.when) return true;
  try {
    const answer: unknown = plan.when.apply(self, [value, ...Array.from(args)]);
    if (disown(answer)) throw new TypeError("it must answer at once, but returned a promise");
    if (answer) return true;
    note(bound, "skip", key);
  } catch (cause) {
    noteUnusable(bound, key, `"when" of ${plan.name} could not judge the result`, cause);
  }
  return false;
}

/** Null for what the codec has no form for, which is an event. */
export function encode(bound: BoundPlan, key: string, value: unknown): Buffer | string | null {
  try {
    const payload = bound.codec.encode(value);
    if (disown(payload)) throw new TypeError("encode must answer at once, but returned a promise.");
    return ownBytes(bound.codec, payload);
  } catch (cause) {
    noteUnusable(bound, key, `The result of ${bound.plan.name} could not be encoded`, cause);
    return null;
  }
}

/**
 * A user's codec may make any Uint8Array. What its bytes become afterwards is not what is stored: the caller may change
 * the value that they are part of.
 */
function ownBytes(codec: Codec, payload: Uint8Array | string): Buffer | string {
  if (typeof payload === "string" || (isBuiltIn(codec) && Buffer.isBuffer(payload))) return payload;
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  throw new TypeError("encode must return a Buffer or a string.");
}

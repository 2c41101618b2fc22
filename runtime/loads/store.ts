import { type WriteRequest } from "../backends/backend";
import { type BoundPlan } from "./bound-plan";
import { type Codec } from "../codecs/codec";
import { isBuiltIn } from "../codecs/built-in-codecs";
import { record, recordAll, recordUnusable } from "./record";
import { createStored, noTerms, type ResultTag, type Terms } from "../entry/entry";
import { giveUpLeases } from "./lease";
import { type Lease } from "../cache/found";
import { type Lifetime, lifetimeOf, timesOf } from "./lifetime";
import { type Fate, type Load } from "../cache/load";
import { sendInPieces } from "../backends/pieces";
import { randomId } from "../entry/id";
import { disown } from "../user-code/thrown";

/** A value that the holder of a lease wants to store. */
export interface PendingWrite {
  /** A load that has a lease. */
  readonly load: Load;
  readonly resultTags?: readonly ResultTag[];
  readonly value: unknown;
  readonly payload: Buffer | string;
  readonly lifetime: Lifetime;
  readonly loadMs: number;
}

/**
 * Stores what leases still permit, and returns what became of each. A fault is an event, and stores
 * nothing.
 */
export function store(bound: BoundPlan, writes: readonly PendingWrite[]): Promise<readonly Fate[]> {
  const { backend } = bound.cache.settings;
  return sendInPieces(
    backend,
    writes,
    (part) => storePart(bound, part),
    ({ payload }) => payload.length,
  );
}

function storePart(bound: BoundPlan, writes: readonly PendingWrite[]): Promise<readonly Fate[]> {
  const asking = bound.timed ? bound.cache.storeClock.ready() : null;
  return asking ? asking.then(() => write(bound, writes)) : write(bound, writes);
}

function write(bound: BoundPlan, writes: readonly PendingWrite[]): Promise<readonly Fate[]> {
  const { cache, account } = bound;
  const keys = writes.map(({ load }) => load.key);
  const now = bound.timed ? cache.storeClock.now() : 0;
  if (now === null) {
    // Processes that know the time would serve an entry with an invented end for too long. The
    // fault was reported by an event.
    giveUpLeases(cache, writes.map(leaseOf));
    recordAll(bound, "drop", keys);
    return Promise.resolve(writes.map(() => "unstored"));
  }
  const requests = writes.map((one) => requestOf(bound, one, now));
  return cache
    .ask("write", keys, (backend) => backend.write(requests))
    .then(
      (stored) => {
        for (let i = 0; i < requests.length; i++)
          if (stored[i])
            account.counters.storedBytes += Buffer.byteLength((requests[i] as WriteRequest).bytes);
        if (stored.every(Boolean)) recordAll(bound, "store", keys);
        else
          for (const [i, key] of keys.entries()) record(bound, stored[i] ? "store" : "drop", key);
        return stored.map((one) => (one ? "stored" : "dropped"));
      },
      () => {
        // A full Redis refuses only writes. Without the leases the next callers needn't wait for
        // them.
        giveUpLeases(cache, requests);
        return writes.map(() => "unstored" as const);
      },
    );
}

function leaseOf({ load }: PendingWrite): Lease {
  return load.lease as Lease;
}

function requestOf(bound: BoundPlan, one: PendingWrite, now: number): WriteRequest {
  const { load, lifetime, resultTags = noTerms.resultTags } = one;
  const { versionKeys } = load.missing.wanted;
  const lease = leaseOf(one);
  const terms: Terms = {
    versions: load.versions,
    resultTags,
    times: timesOf(bound, lifetime, one.loadMs, now),
  };
  return {
    key: lease.key,
    token: lease.token,
    leaseOnly: lease.leaseOnly === true,
    bytes: createStored(randomId(), terms, one.payload),
    ttlMs: lifetime.storedMs,
    versionKeys:
      resultTags.length === 0
        ? versionKeys
        : [...versionKeys, ...resultTags.map(({ name }) => bound.cache.versionKey(name))],
  };
}

/**
 * Returns how long a result is to be kept, or null if `when` or its own ttl says that it isn't
 * stored.
 */
export function judgeValue(
  bound: BoundPlan,
  self: unknown,
  key: string,
  args: ArrayLike<unknown>,
  value: unknown,
): Lifetime | null {
  if (!passesWhen(bound, self, key, args, value)) return null;
  const lifetime = lifetimeOf(bound, self, key, args, value);
  if (!lifetime) record(bound, "skip", key);
  return lifetime;
}

/** Returns what `when` decides. */
function passesWhen(
  bound: BoundPlan,
  self: unknown,
  key: string,
  args: ArrayLike<unknown>,
  value: unknown,
): boolean {
  const { plan } = bound;
  if (!plan.when) return true;
  try {
    const answer: unknown = plan.when.apply(self, [value, ...Array.from(args)]);
    if (disown(answer)) throw new TypeError("it must answer at once, but returned a promise");
    if (answer) return true;
    record(bound, "skip", key);
  } catch (cause) {
    recordUnusable(bound, key, `"when" of ${plan.name} could not judge the result`, cause);
  }
  return false;
}

/** Returns the payload, or null if the codec has no form for the value, which is an event. */
export function encode(bound: BoundPlan, key: string, value: unknown): Buffer | string | null {
  try {
    const payload = bound.codec.encode(value);
    if (disown(payload)) throw new TypeError("encode must answer at once, but returned a promise.");
    return ownBytes(bound.codec, payload);
  } catch (cause) {
    recordUnusable(bound, key, `The result of ${bound.plan.name} could not be encoded`, cause);
    return null;
  }
}

/**
 * Copies the payload of a user's codec, which may be any Uint8Array and part of the value. The
 * caller may change that value before the payload is sent.
 */
function ownBytes(codec: Codec, payload: Uint8Array | string): Buffer | string {
  if (typeof payload === "string" || (isBuiltIn(codec) && Buffer.isBuffer(payload))) return payload;
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  throw new TypeError("encode must return a Buffer or a string.");
}

import { type BoundPlan } from "./bound-plan";
import { recordUnusable } from "./record";
import { parseResultDuration } from "../duration";
import { type Times } from "../entry/entry";
import { disown, messageOf } from "../user-code/thrown";

/** How long a value is usable, in milliseconds. */
export interface Lifetime {
  /** How long it is served as a hit. */
  readonly freshMs: number;
  /** How long it is kept at all, to be served stale or when the loader fails. */
  readonly storedMs: number;
}

/** Returns null if the result itself says that it must not be stored. */
export function lifetimeOf(
  bound: BoundPlan,
  self: unknown,
  key: string,
  args: ArrayLike<unknown>,
  value: unknown,
): Lifetime | null {
  const { cache, jitter, graceMs } = bound;
  const ttlMs = value == null ? bound.nullTtlMs : ttlOfResult(bound, self, key, args, value);
  if (ttlMs === 0) return null;
  // Jitter only shortens, so that no entry is fresh for longer than its ttl.
  const freshMs = Math.max(Math.round(ttlMs * (1 - jitter * cache.settings.random())), 1);
  return { freshMs, storedMs: freshMs + graceMs };
}

/** Returns 0 if the entry is not kept at all. */
function ttlOfResult(
  bound: BoundPlan,
  self: unknown,
  key: string,
  args: ArrayLike<unknown>,
  value: unknown,
): number {
  const { plan, ttlMs } = bound;
  if (!plan.ttl) return ttlMs;
  try {
    const text = plan.ttl.call(self, value, ...Array.from(args));
    disown(text);
    if (typeof text !== "string")
      throw new TypeError(`it is ${messageOf(text)}, which has no unit`);
    const ms = parseResultDuration(text);
    if (ms === null)
      throw new TypeError(`it is ${JSON.stringify(text)}, which is not a duration with a unit`);
    return ms;
  } catch (cause) {
    recordUnusable(
      bound,
      key,
      `The ttl of ${plan.name} can't be read from the result, and is ${ttlMs} ms`,
      cause,
    );
    return ttlMs;
  }
}

/**
 * Returns the times that an entry has to carry, or null if its expiry in the store is enough.
 * @param now by the store's clock
 */
export function timesOf(
  bound: BoundPlan,
  lifetime: Lifetime,
  loadMs: number,
  now: number,
): Times | null {
  return bound.timed ? { freshUntil: now + lifetime.freshMs, loadMs } : null;
}

/**
 * fresh: a hit. early, stale: a hit that is reloaded. staleIfError: acceptable in place of an
 * error. expired: not acceptable. unknown: the store's time is not known.
 */
export type Age = "fresh" | "early" | "stale" | "staleIfError" | "expired" | "unknown";

/**
 * An early refresh is more likely the nearer the end is and the longer the loader takes,
 * so that of many callers one is early enough, and rarely more: Vattani, Chierichetti and
 * Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015.
 */
export function ageOf({ cache, early, staleMs, graceMs }: BoundPlan, times: Times | null): Age {
  if (!times) return "fresh";
  const now = cache.storeClock.now();
  if (now === null) return "unknown";
  const pastMs = now - times.freshUntil;
  if (pastMs < 0) {
    if (early === 0) return "fresh";
    const gapMs = times.loadMs * early * -Math.log(1 - cache.settings.random());
    return pastMs + gapMs >= 0 ? "early" : "fresh";
  }
  if (pastMs < staleMs) return "stale";
  return pastMs < graceMs ? "staleIfError" : "expired";
}

/**
 * Returns how long a new tag version lasts at first, which is through the load. Every write extends
 * it to the life of its entry.
 */
export function versionLifeMs({ ttlMs, nullTtlMs, graceMs, cache }: BoundPlan): number {
  return 2 * (Math.max(ttlMs, nullTtlMs) + graceMs) + cache.settings.leaseMs;
}

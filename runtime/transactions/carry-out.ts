import { type Cache } from "../cache/cache";
import { BackendError } from "../errors";
import { type Invalidation } from "./invalidation";

/**
 * Carries out what a transaction has collected: for each cache in one command if it can be, each key once, and the fence
 * of a tag before its version. Everything that can be ended is ended. Rejects with the first failure.
 */
export async function carryOutAll(all: readonly Invalidation[]): Promise<void> {
  const byCache = new Map<Cache, Invalidation[]>();
  for (const one of all) byCache.set(one.cache, [...(byCache.get(one.cache) ?? []), one]);
  const failures: BackendError[] = [];
  for (const [cache, some] of byCache) {
    try {
      await carryOutIn(cache, some);
      for (const one of some) one.tell();
    } catch (error) {
      failures.push(error as BackendError);
    }
  }
  if (failures[0]) throw failures[0];
}

async function carryOutIn(cache: Cache, some: readonly Invalidation[]): Promise<void> {
  // The error and the events of one that stands alone are those it has outside of a transaction.
  const [only] = some;
  if (only && some.length === 1) return only.carryOut();
  const fences = new Set(some.flatMap((one) => one.fences));
  const keys = new Set(some.flatMap((one) => one.keys));
  await cache.invalidateAll([...fences], [...keys]);
}

/** The error of a transaction that has committed, whose invalidations failed. */
export function committedError(cause: BackendError): BackendError {
  return new BackendError(
    cause.operation,
    cause.keys,
    `The transaction HAS COMMITTED, but what it invalidated could not be ended: ${cause.message} Don't run the transaction again. Callers may get old values until you invalidate these keys or their time to live ends.`,
    { cause, committed: true },
  );
}

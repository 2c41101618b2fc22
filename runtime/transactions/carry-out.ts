import { type Cache } from "../cache/cache";
import { BackendError } from "../errors";
import { endHolds, type Hold } from "./holds";
import { type Invalidation, namesIn } from "./invalidation";

/**
 * Carries out what a transaction has collected: for each cache in one command if it can be, each
 * key once, and the fence of a tag before its version. It also ends the transaction's holds, which
 * invalidates the keys that they are on. One failure doesn't keep the rest from being carried out.
 * Rejects with the first failure.
 */
export async function carryOutAll(
  all: readonly Invalidation[],
  holds: readonly Hold[] = [],
): Promise<void> {
  const caches = new Set<Cache>([...all, ...holds].map(({ cache }) => cache));
  const failures: BackendError[] = [];
  for (const cache of caches) {
    const isHere = (one: { readonly cache: Cache }): boolean => one.cache === cache;
    const some = all.filter(isHere);
    try {
      await carryOutIn(cache, some, holds.filter(isHere));
      for (const one of some) one.report();
    } catch (error) {
      failures.push(error as BackendError);
    }
  }
  if (failures[0]) throw failures[0];
}

async function carryOutIn(
  cache: Cache,
  some: readonly Invalidation[],
  holds: readonly Hold[],
): Promise<void> {
  if (holds.length === 0) return invalidateIn(cache, some);
  const isUnheld = (name: string): boolean => !holds.some((hold) => hold.has(name));
  const unheld = some.filter((one) => namesIn(one).some(isUnheld));
  const failed = await invalidateIn(cache, unheld).then(
    () => null,
    (error: BackendError) => error,
  );
  await endHolds(cache, holds);
  if (failed) throw failed;
}

async function invalidateIn(cache: Cache, some: readonly Invalidation[]): Promise<void> {
  // A single invalidation has the same error and events as outside of a transaction.
  const [only] = some;
  if (!only) return;
  if (some.length === 1) return only.carryOut();
  const fences = new Set(some.flatMap((one) => one.fences));
  const keys = new Set(some.flatMap((one) => one.keys));
  await cache.invalidateAll([...fences], [...keys]);
}

/** The error of a transaction that has committed, whose invalidations failed. */
export function committedError(cause: BackendError): BackendError {
  const { operation, keys, message, kept } = cause;
  const until = kept ? "then" : "you invalidate these keys or their time to live ends";
  return new BackendError(
    operation,
    keys,
    `The transaction HAS COMMITTED, but its invalidations could not be carried out: ${message} Don't run the transaction again. Callers may get old values until ${until}.`,
    { cause, committed: true, kept },
  );
}

import { type BoundPlan } from "../loads/bound-plan";
import { type Cache } from "../cache/cache";
import { record } from "../loads/record";
import { recordInvalidated } from "../verify/verifier";
import { openByHand } from "./by-hand";
import { type Invalidation, namesIn } from "./invalidation";
import { openScope, scopes } from "./scope";

/**
 * Invalidates the entries with these keys, immediately or when the transaction of the current code
 * has committed.
 */
export function invalidateKeys(bound: BoundPlan, keys: readonly string[]): Promise<void> {
  const { cache } = bound;
  return invalidate({
    cache,
    fences: [],
    keys,
    carryOut: () => cache.invalidateKeys(keys),
    report() {
      recordInvalidated(cache, keys);
      for (const key of keys) record(bound, "invalidate", key);
    },
  });
}

/** Invalidates the entries that carry a tag, in the same way. */
export async function invalidateTag(cache: Cache, tag: string): Promise<void> {
  return invalidate(invalidationOfTag(cache, tag));
}

/** Throws a ConfigError if the value is not the text of a tag. */
export function invalidationOfTag(cache: Cache, tag: string): Invalidation {
  const names = cache.namesOf(tag);
  return {
    cache,
    ...names,
    carryOut: () => cache.invalidateTag(tag),
    report() {
      recordInvalidated(cache, [...names.fences, ...names.keys]);
      cache.emit({ type: "invalidate", tag });
    },
  };
}

async function invalidate(one: Invalidation): Promise<void> {
  const scope = scopes.storage === null ? null : openScope();
  if (scope) return scope.collect(one);
  if (scopes.storage?.getStore()) {
    const keys = namesIn(one);
    one.cache.emit({ type: "transaction", what: "late", keys, message: lateMessage });
  }
  for (const open of openByHand) open.remember(one);
  await one.carryOut();
  one.report();
}

const lateMessage =
  "This was invalidated after the end of the transaction in whose async context the code runs, so it was carried out at once. Await it inside the transaction.";

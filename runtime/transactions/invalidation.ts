import { type BoundPlan } from "../loads/bound-plan";
import { type Cache } from "../cache/cache";
import { note } from "../cache/counters";
import { registry } from "../cache/registry";
import { openScope } from "./scope";

/** What a program asks to be ended in one cache: entries by their keys, or a tag. */
export interface Invalidation {
  readonly cache: Cache;
  /** The fence of the tag, which ends before `keys` do. */
  readonly fences: readonly string[];
  /** The keys of entries, or the key of the tag's version. */
  readonly keys: readonly string[];
  /** Carries out this one alone. */
  readonly carryOut: () => Promise<void>;
  /** Counts it and tells whoever listens, after it has been carried out. */
  readonly tell: () => void;
}

/** Ends the entries with these keys: at once, or when the transaction that the code is in has committed. */
export function invalidateKeys(bound: BoundPlan, keys: readonly string[]): Promise<void> {
  const { cache } = bound;
  return invalidate({
    cache,
    fences: [],
    keys,
    carryOut: () => cache.invalidateKeys(keys),
    tell: () => keys.forEach((key) => note(bound, "invalidate", key)),
  });
}

/** The same for the entries that carry a tag. */
export async function invalidateTag(cache: Cache, tag: string): Promise<void> {
  const names = cache.namesOf(tag);
  return invalidate({
    cache,
    ...names,
    carryOut: () => cache.invalidateTag(tag),
    tell: () => cache.emit({ type: "invalidate", tag }),
  });
}

async function invalidate(one: Invalidation): Promise<void> {
  const scope = registry.scopes === null ? null : openScope();
  if (scope) return scope.collect(one);
  if (registry.scopes?.getStore()) {
    const keys = namesIn(one);
    one.cache.emit({ type: "transaction", what: "late", keys, message: lateMessage });
  }
  for (const open of registry.byHand) open.note(one);
  await one.carryOut();
  one.tell();
}

const lateMessage =
  "This was invalidated after the end of the transaction in whose async context the code runs, so it was carried out at once. Await it inside the transaction.";

export function namesIn({ fences, keys }: Invalidation): readonly string[] {
  return [...fences, ...keys];
}

import { type Divergence } from "../events";
import { type BoundPlan } from "../loads/bound-plan";
import { placesOf } from "./places";

/**
 * Says what is wrong, why, and what to do about a hit that differs from what the loader returns.
 */
export function explain(
  bound: BoundPlan,
  verdict: Divergence,
  path: string,
  lockFile: string,
): { readonly message: string; readonly places: readonly string[] } {
  const { name } = bound.plan;
  const where = path === "" ? "The result" : `${path} of the result`;
  const places = verdict === "no-invalidation" ? placesOf(name, lockFile) : [];
  const known = places.length > 0 ? ` The program invalidates it in ${places.join(", ")}.` : "";
  const messages: Record<Divergence, string> = {
    nondeterministic: `${where} of ${name} differs between two runs of the function itself, one right after the other: it depends on the time, on randomness or on a counter. Its hits are not verified any more. Take what changes out of the function, or don't cache it.`,
    "incomplete-key": `${where} of ${name} depends on the caller: the function returns something else for another caller of the same key. Add what it reads (an argument, a property of this, the async context) to the key.`,
    "no-invalidation": `${where} of ${name} is not what the function returns now, and nothing has invalidated it since it was stored. Invalidate ${tagsOf(bound)} where the data is written, or give it a shorter ttl.${known}`,
    "lagging-source": `${where} of ${name} was outdated when it was stored: it was loaded right after an invalidation, and the function has returned something newer since. It reads from somewhere that lags behind, such as a replica. Have it read from the primary, or invalidate later.`,
    unknown: `${where} of ${name} is not what the function returns now, although it has been invalidated after it was loaded. It may have been invalidated under another namespace or prefix, or the store has lost the invalidation, as a failover of Redis can.`,
  };
  return { message: messages[verdict], places };
}

function tagsOf({ plan }: BoundPlan): string {
  const hasTags = (plan.tags?.length ?? 0) + (plan.resultTags?.length ?? 0) > 0;
  return hasTags ? "one of its tags" : "its key";
}

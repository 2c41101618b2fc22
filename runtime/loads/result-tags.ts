import { type BoundPlan } from "./bound-plan";
import { resultTagsOf } from "./call-keys";
import { record, recordUnusable } from "./record";
import { type PendingWrite } from "./store";
import { ensureVersions } from "./tag-versions";

/**
 * Adds the tags whose names are made from the result. Their versions can't be read before the load,
 * so that they don't show an invalidation during the load. A fence shows it: every invalidation of
 * `author:5` first deletes the version that belongs to all of `author:`. So the versions are read
 * when the names are known, and then the fences once more. If those are as they were before the
 * load, no such tag was invalidated in between.
 *
 * Returns what may be stored. What may not be stored is an event.
 */
export async function addResultTags(
  bound: BoundPlan,
  self: unknown,
  candidates: readonly PendingWrite[],
): Promise<readonly PendingWrite[]> {
  const { cache, fenceKeys } = bound;
  const named = candidates.flatMap((one) => {
    const names = namesOf(bound, self, one);
    return names ? [{ one, names }] : [];
  });
  const keys = [
    ...new Set(named.flatMap(({ names }) => names.map((name) => cache.versionKey(name)))),
  ];
  if (keys.length === 0) return named.map(({ one }) => one);
  const versions = await ensureVersions(bound, keys);
  const known = named.filter(({ names }) =>
    names.every((name) => versions.has(cache.versionKey(name))),
  );
  // They are read from the store itself, because a memory tier may have older ones.
  const fences = known.length > 0 ? await cache.read(fenceKeys) : [];
  if (fences.includes(undefined)) return [];
  return known.flatMap(({ one, names }) => {
    const unbroken = one.load.fences.every((fence, i) => fences[i]?.toString("latin1") === fence);
    if (!unbroken) return (record(bound, "drop", one.load.key), []);
    const resultTags = names.map((name) => ({
      name,
      version: versions.get(cache.versionKey(name)) as string,
    }));
    return [{ ...one, resultTags }];
  });
}

/** Returns the names, or null if they can't be made from this result. */
function namesOf(
  bound: BoundPlan,
  self: unknown,
  { load, value }: PendingWrite,
): readonly string[] | null {
  try {
    return resultTagsOf(bound, self, load.missing.wanted.args, value);
  } catch (cause) {
    recordUnusable(
      bound,
      load.key,
      `The tags of ${bound.plan.name} can't be read from the result`,
      cause,
    );
    return null;
  }
}

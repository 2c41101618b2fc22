import { type BoundPlan } from "./bound-plan";
import { resultTagsOf } from "./call-keys";
import { note, noteUnusable } from "./record";
import { type Candidate } from "./store";
import { ensureVersions } from "./tag-versions";

/**
 * Tags whose names only the result has. Their versions can't be read before the load, so
 * that an invalidation during it would not show in them. It shows in a fence: every
 * invalidation of `author:5` first ends the version that stands for all of `author:`. So
 * they are read when the names are known, then the fences once more: while those are as
 * they were before the load, no such tag was invalidated in between.
 *
 * Returns what may be stored. What may not is an event.
 */
export async function addResultTags(
  bound: BoundPlan,
  self: unknown,
  candidates: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const { cache, fenceKeys } = bound;
  const named = candidates.flatMap((one) => {
    const names = namesOf(bound, self, one);
    return names ? [{ one, names }] : [];
  });
  const keys = [...new Set(named.flatMap(({ names }) => names.map((name) => cache.versionKey(name))))];
  if (keys.length === 0) return named.map(({ one }) => one);
  const versions = await ensureVersions(bound, keys);
  const known = named.filter(({ names }) => names.every((name) => versions.has(cache.versionKey(name))));
  // From the store itself, because what a memory tier has may be older.
  const fences = known.length > 0 ? await cache.read(fenceKeys) : [];
  if (fences.includes(undefined)) return [];
  return known.flatMap(({ one, names }) => {
    const unbroken = one.load.fences.every((fence, i) => fences[i]?.toString("latin1") === fence);
    if (!unbroken) return (note(bound, "drop", one.load.key), []);
    const resultTags = names.map((name) => ({ name, version: versions.get(cache.versionKey(name)) as string }));
    return [{ ...one, resultTags }];
  });
}

/** Null: they can't be made of this result. */
function namesOf(bound: BoundPlan, self: unknown, { load, value }: Candidate): readonly string[] | null {
  try {
    return resultTagsOf(bound, self, load.missing.wanted.args, value);
  } catch (cause) {
    noteUnusable(bound, load.key, `The tags of ${bound.plan.name} can't be read from the result`, cause);
    return null;
  }
}

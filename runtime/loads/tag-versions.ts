import { type BoundPlan } from "./bound-plan";
import { versionLifeMs } from "./lifetime";
import { piecesFor } from "../backends/pieces";
import { randomId } from "../entry/id";

/**
 * The version of each tag key, a new one where none stands, and none where the tag is being written; null when the backend
 * could not be asked, which is an event. To be asked for before the loader runs, because only then can a later
 * invalidation show.
 */
export async function ensureVersions(
  bound: BoundPlan,
  keys: Iterable<string>,
): Promise<ReadonlyMap<string, string> | null> {
  const lifeMs = versionLifeMs(bound);
  const requests = Array.from(new Set(keys), (key) => ({ key, seed: randomId(), ttlMs: lifeMs }));
  const made = new Map<string, string>();
  if (requests.length === 0) return made;
  try {
    for (const part of piecesFor(bound.cache.settings.backend, requests)) {
      const unique = part.map(({ key }) => key);
      const versions = await bound.cache.ask("ensureVersions", unique, (backend) => backend.ensureVersions(part));
      for (let i = 0; i < unique.length; i++) {
        const version = versions[i];
        if (version != null) made.set(unique[i] as string, version);
      }
    }
    return made;
  } catch {
    return null;
  }
}

/** Makes the versions last while a loader runs for longer than they would. Returns what ends that. */
export function keepVersions(bound: BoundPlan, keys: readonly string[]): () => void {
  if (keys.length === 0) return () => {};
  let cancel = (): void => {};
  let stopped = false;
  const { cache } = bound;
  const keep = (): void => {
    // A version that has been deleted meanwhile gets a successor that no entry of the load agrees with.
    const kept = cache.track(ensureVersions(bound, keys));
    void kept.then(() => !stopped && keepLater());
  };
  const keepLater = (): void => void (cancel = cache.settings.clock.after(versionLifeMs(bound) / 3, keep));
  keepLater();
  return () => {
    stopped = true;
    cancel();
  };
}

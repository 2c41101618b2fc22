import { type BoundPlan } from "./bound-plan";
import { versionLifeMs } from "./lifetime";
import { randomId } from "./random";

/**
 * The version of each tag key, a new one where none stands; null when the backend could
 * not be asked, which is an event. To be asked for before the loader runs, for only so
 * can a later invalidation show.
 */
export async function ensureVersions(
  bound: BoundPlan,
  keys: Iterable<string>,
): Promise<ReadonlyMap<string, string> | null> {
  const lifeMs = versionLifeMs(bound);
  const requests = Array.from(new Set(keys), (key) => ({ key, seed: randomId(), ttlMs: lifeMs }));
  if (requests.length === 0) return new Map();
  const unique = requests.map(({ key }) => key);
  try {
    const versions = await bound.cache.ask("ensureVersions", unique, (backend) => backend.ensureVersions(requests));
    return new Map(unique.map((key, i) => [key, versions[i] as string]));
  } catch {
    return null;
  }
}

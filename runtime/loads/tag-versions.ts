import { type BoundPlan } from "./bound-plan";
import { versionLifeMs } from "./lifetime";
import { type Load } from "../cache/load";
import { piecesFor } from "../backends/pieces";
import { randomId } from "../entry/id";

/**
 * The version of each tag key, a new one where none stands; none for those that a transaction is writing, or about which the
 * backend could not be asked, which is an event. To be asked for before the loader runs, because only so can a later invalidation show.
 */
export async function ensureVersions(bound: BoundPlan, keys: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const lifeMs = versionLifeMs(bound);
  const requests = Array.from(new Set(keys), (key) => ({ key, seed: randomId(), ttlMs: lifeMs }));
  const made = new Map<string, string>();
  for (const part of piecesFor(bound.cache.settings.backend, requests)) {
    const unique = part.map(({ key }) => key);
    const asked = bound.cache.ask("ensureVersions", unique, (backend) => backend.ensureVersions(part));
    const versions = await asked.catch(() => null);
    unique.forEach((key, i) => {
      const version = versions?.[i];
      if (version != null) made.set(key, version);
    });
  }
  return made;
}

/**
 * Gives loads the versions that what they store depends on: those that were read, and new ones where none stood. Null
 * where there are none to ask for. A load whose versions are not all known must not store anything: `isVersioned`.
 */
export function completeVersions(bound: BoundPlan, loads: readonly Load[]): Promise<void> | null {
  const { plan, cache, fenceKeys } = bound;
  // Without tags of any kind there are none.
  if (!plan.tags && fenceKeys.length === 0 && cache.epochKey === null) return null;
  const open = loads.filter(({ missing }) => !missing.unstorable);
  const absent = open.flatMap(({ missing: { wanted, versions } }) => wanted.versionKeys.filter((_, i) => !versions[i]));
  return ensureVersions(bound, [...absent, ...fenceKeys]).then((made) => {
    for (const load of open) {
      const { wanted, versions } = load.missing;
      load.versions = wanted.versionKeys.flatMap((key, i) => versions[i]?.toString("latin1") ?? made.get(key) ?? []);
      load.fences = fenceKeys.flatMap((key) => made.get(key) ?? []);
    }
  });
}

/** Whether all versions are known that what the load stores depends on. */
export function isVersioned({ fenceKeys }: BoundPlan, { versions, fences, missing }: Load): boolean {
  return versions.length === missing.wanted.versionKeys.length && fences.length === fenceKeys.length;
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

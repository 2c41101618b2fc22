import { type BoundPlan } from "./bound-plan";
import { versionLifeMs } from "./lifetime";
import { type Load } from "../cache/load";
import { piecesFor } from "../backends/pieces";
import { randomId } from "../entry/id";

/**
 * Returns the version of each tag key, and creates those that don't exist. It leaves out keys that
 * a transaction is writing, and keys about which the backend could not be asked, which is an event.
 * It has to be called before the loader runs: otherwise an invalidation during the load would go
 * unnoticed.
 */
export async function ensureVersions(
  bound: BoundPlan,
  keys: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const lifeMs = versionLifeMs(bound);
  const requests = Array.from(new Set(keys), (key) => ({ key, seed: randomId(), ttlMs: lifeMs }));
  const made = new Map<string, string>();
  for (const part of piecesFor(bound.cache.settings.backend, requests)) {
    const unique = part.map(({ key }) => key);
    const asked = bound.cache.ask("ensureVersions", unique, (backend) =>
      backend.ensureVersions(part),
    );
    const versions = await asked.catch(() => null);
    unique.forEach((key, i) => {
      const version = versions?.[i];
      if (version != null) made.set(key, version);
    });
  }
  return made;
}

/**
 * Gives the loads the versions that their entries will depend on: those that were read, and new
 * ones for those that didn't exist. Returns null if there are none. A load whose versions are not
 * all known must not store anything: `isVersioned`.
 */
export function completeVersions(bound: BoundPlan, loads: readonly Load[]): Promise<void> | null {
  const { plan, cache, fenceKeys } = bound;
  // A function without tags of any kind has none.
  if (!plan.tags && fenceKeys.length === 0 && cache.epochKey === null) return null;
  const open = loads.filter(({ missing }) => !missing.unstorable);
  const absent = open.flatMap(({ missing: { wanted, versions } }) =>
    wanted.versionKeys.filter((_, i) => !versions[i]),
  );
  return ensureVersions(bound, [...absent, ...fenceKeys]).then((made) => {
    for (const load of open) {
      const { wanted, versions } = load.missing;
      load.versions = wanted.versionKeys.flatMap(
        (key, i) => versions[i]?.toString("latin1") ?? made.get(key) ?? [],
      );
      load.fences = fenceKeys.flatMap((key) => made.get(key) ?? []);
    }
  });
}

/** Whether all versions that the load's entry will depend on are known. */
export function isVersioned(
  { fenceKeys }: BoundPlan,
  { versions, fences, missing }: Load,
): boolean {
  return (
    versions.length === missing.wanted.versionKeys.length && fences.length === fenceKeys.length
  );
}

const nothingToStop = (): void => {};

/** Extends the life of the versions while a loader runs. Returns a function that stops it. */
export function keepVersions(bound: BoundPlan, keys: readonly string[]): () => void {
  if (keys.length === 0) return nothingToStop;
  let cancel = (): void => {};
  let stopped = false;
  const { cache } = bound;
  const keep = (): void => {
    // A version that has been deleted meanwhile gets a successor that no entry of the load agrees
    // with.
    const kept = cache.track(ensureVersions(bound, keys));
    void kept.then(() => !stopped && keepLater());
  };
  const keepLater = (): void =>
    void (cancel = cache.settings.clock.after(versionLifeMs(bound) / 3, keep));
  keepLater();
  return () => {
    stopped = true;
    cancel();
  };
}

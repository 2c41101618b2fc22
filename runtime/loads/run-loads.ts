import { type BoundPlan } from "./bound-plan";
import { makesSameKeys } from "./call-keys";
import { type Cache } from "../cache/cache";
import { recordAll, recordFailure, recordUnusable } from "./record";
import { LoadTimeoutError } from "../errors";
import { giveUpLeases, releaseLeases, renewLeases } from "./lease";
import { type Lease } from "../cache/found";
import { type Fate, type Load, type LoadResult, readAgain, Shared } from "../cache/load";
import { type Loader } from "../user-code/loader";
import { registry } from "../cache/registry";
import { type Wanted } from "../cache/found";
import { whenTimeIsUp } from "./timeout";
import { addResultTags } from "./result-tags";
import { endLoader, runWithin } from "../cache/runs";
import { markFrames } from "../user-code/stacks";
import { type PendingWrite, encode, judgeValue, store } from "./store";
import { keepVersions } from "./tag-versions";

/** How a loader is run. In a batch it runs for several keys at once. */
export interface Runner {
  readonly loader: Loader;
  /** Returns what the loader returns, which usually is a promise. */
  run(wanted: readonly Wanted[], signal: AbortSignal | null): unknown;
  /**
   * Returns the values in what the loader has returned, one for each key that it was run for. May
   * throw.
   */
  values(result: unknown, wanted: readonly Wanted[]): readonly unknown[];
}

/**
 * Runs the loader once for all of these loads, under the leases that they have, and stores what may
 * be stored. Calls, batches, refreshes and loads in the background all do it here. Each load
 * notifies its waiters when it ends, and has its fate afterwards.
 *
 * Resolves when everything is stored, or when the loader has taken longer than its timeout. Then no
 * caller waits for it any more, and its leases are no longer renewed. A late result is still stored
 * if they last.
 */
export function runLoads(
  bound: BoundPlan,
  self: unknown,
  all: readonly Load[],
  runner: Runner,
): Promise<void> {
  const { cache, timeoutMs } = bound;
  const abortGroup = all[0]?.abortGroup ?? null;
  if (abortGroup?.isGone) {
    for (const load of all) fail(cache, load, abortGroup.reason);
    return releaseLeases(cache, leasesOf(all));
  }
  detachChanged(bound, self, all);
  for (const load of all) if (isUseless(load)) load.resolve(readAgain);
  const loads = all.some(isUseless) ? all.filter((load) => !isUseless(load)) : all;
  if (loads.length === 0) return nothingToLoad;

  const endRenewal = renewLeases(cache, leasesOf(loads));
  const endKeeping = keepVersions(bound, versionKeysOf(bound, loads));
  const course: Course = {
    isGivenUp: false,
    cancelTimeout: null,
    stopRenewing() {
      endRenewal();
      endKeeping();
    },
  };
  const keys = loads.map(({ key }) => key);
  const tick = cache.tick();
  for (const load of loads) load.start(tick, keys);
  registry.observer?.started({ plan: bound.plan, cache, loads, loader: runner.loader, self });
  recordAll(bound, "load", keys);
  const ended = loadAndFinish(bound, self, loads, runner, course);
  return timeoutMs === null ? ended : endInTime(bound, loads, course, timeoutMs, ended);
}

const nothingToLoad = Promise.resolve();

/** No caller waits for it, and it would load the value of another key. */
function isUseless({ background, isDetached }: Load): boolean {
  return background && isDetached;
}

/** What happens while a loader runs. */
interface Course {
  /** The loader has taken longer than its timeout. */
  isGivenUp: boolean;
  cancelTimeout: (() => void) | null;
  /** Ends the renewal of the leases and of the tags' versions. */
  readonly stopRenewing: () => void;
}

async function loadAndFinish(
  bound: BoundPlan,
  self: unknown,
  loads: readonly Load[],
  runner: Runner,
  course: Course,
): Promise<void> {
  const { cache, plan } = bound;
  const { clock } = cache.settings;
  const wanted = loads.map(({ missing }) => missing.wanted);
  const [{ run, abortGroup }] = loads as [Load];
  // A signal that no loader takes is not made, because one for each miss is measurable in time and
  // in garbage.
  const signal = plan.signal === undefined || !abortGroup ? null : abortGroup.signal;
  const startedAt = clock.now();
  let hasFailed = false;
  try {
    let finishing: Promise<void>;
    try {
      let returned: unknown;
      try {
        returned = await runWithin(run, () => runner.run(wanted, signal));
      } finally {
        endLoader();
      }
      const values = runner.values(returned, wanted);
      registry.observer?.returned(loads);
      finishing = finishLoads(bound, self, loads, values, clock.now() - startedAt);
    } catch (error) {
      hasFailed = true;
      finishing = failLoads(bound, loads, error);
    }
    course.cancelTimeout?.();
    await (course.isGivenUp ? cache.track(finishing) : finishing);
  } finally {
    // Not before everything is stored: a large batch is written in many pieces.
    course.stopRenewing();
    registry.observer?.ended(loads, hasFailed);
  }
}

/** Resolves when the loads have ended, or when their time is up. */
function endInTime(
  bound: BoundPlan,
  loads: readonly Load[],
  course: Course,
  timeoutMs: number,
  ended: Promise<void>,
): Promise<void> {
  const { cache } = bound;
  return new Promise((resolve, reject) => {
    course.cancelTimeout = whenTimeIsUp(cache.settings.clock, timeoutMs, () => {
      course.isGivenUp = true;
      course.stopRenewing();
      const error = new LoadTimeoutError(bound.plan.name, timeoutMs);
      // The callers that wait have their own timeout. The load must keep neither later callers nor
      // other processes waiting.
      for (const load of loads)
        if (load.beginning === "refresh") fail(cache, load, error);
        else leave(cache, load);
      recordFailure(
        bound,
        loads.map(({ key }) => key),
        error,
      );
      resolve();
    });
    ended.then(resolve, reject);
  });
}

/**
 * Runs the loader for a single caller that must not wait for a load. Nothing is shared and nothing
 * is stored.
 */
export async function runAlone(
  bound: BoundPlan,
  runner: Runner,
  wanted: readonly Wanted[],
  signal: AbortSignal | null,
): Promise<readonly unknown[]> {
  const keys = wanted.map(({ key }) => key);
  recordAll(bound, "load", keys);
  const { observer } = registry;
  const startedAt = observer === null ? 0 : performance.now();
  try {
    const values = runner.values(await runner.run(wanted, signal), wanted);
    observer?.ranAlone(bound.plan.name, keys.length, performance.now() - startedAt);
    return values;
  } catch (error) {
    recordFailure(bound, keys, error);
    throw error;
  }
}

const noKeys: readonly string[] = [];

/** Returns the keys of all versions that these loads' entries will depend on. */
function versionKeysOf({ fenceKeys }: BoundPlan, loads: readonly Load[]): readonly string[] {
  if (
    fenceKeys.length === 0 &&
    loads.every(({ missing }) => missing.wanted.versionKeys.length === 0)
  )
    return noKeys;
  const leased = loads.filter(({ lease }) => lease);
  if (leased.length === 0) return noKeys;
  return [
    ...new Set([...leased.flatMap(({ missing }) => missing.wanted.versionKeys), ...fenceKeys]),
  ];
}

markFrames(loadAndFinish, runAlone);

/**
 * Detaches the loads whose arguments have changed. The key was made at the call, and the loader
 * reads its arguments later. If they have changed meanwhile, its result is not a value of the key.
 * Only its own caller gets it, as in the plain program.
 */
function detachChanged(bound: BoundPlan, self: unknown, loads: readonly Load[]): void {
  const { cache, plan } = bound;
  // Usually there are none, and an empty list for each miss is measurable.
  let changed: Load[] | null = null;
  for (const load of loads)
    if (!load.isDetached && !makesSameKeys(bound, self, load.missing.wanted))
      (changed ??= []).push(load);
  if (!changed) return;
  for (const load of changed) {
    load.isDetached = true;
    leave(cache, load);
    const cause = new Error(
      "its arguments have changed since the call, so that they no longer make this key",
    );
    recordUnusable(bound, load.key, `The result of ${plan.name} is not stored`, cause);
  }
  giveUpLeases(cache, leasesOf(changed));
  for (const load of changed) load.lease = null;
}

async function failLoads(bound: BoundPlan, loads: readonly Load[], error: unknown): Promise<void> {
  const { cache } = bound;
  recordFailure(
    bound,
    loads.map(({ key }) => key),
    error,
  );
  // The release is sent before the loads reject, so that a caller that tries again doesn't run into
  // our own lease. A load in the background keeps it: while the stale entry is served, nobody tries
  // again before the lease expires.
  const released = releaseLeases(cache, loads[0]?.background ? [] : leasesOf(loads));
  for (const load of loads) fail(cache, load, error);
  return released;
}

async function finishLoads(
  bound: BoundPlan,
  self: unknown,
  loads: readonly Load[],
  values: readonly unknown[],
  loadMs: number,
): Promise<void> {
  const { cache, codec } = bound;
  detachChanged(bound, self, loads);
  const candidates: PendingWrite[] = [];
  const results = loads.map((load, i): LoadResult => {
    const { key, isDetached, missing } = load;
    const value = values[i];
    const lifetime = isDetached ? null : judgeValue(bound, self, key, missing.wanted.args, value);
    const payload = lifetime || (load.shared && !isDetached) ? encode(bound, key, value) : null;
    if (load.lease && lifetime && payload !== null)
      candidates.push({ load, value, payload, lifetime, loadMs });
    return new Shared(value, payload, codec);
  });
  // With result tags this takes round trips of its own, otherwise none.
  const writes = bound.plan.resultTags ? await addResultTags(bound, self, candidates) : candidates;
  const stored = store(bound, writes);
  const unwritten = writes.length === loads.length ? [] : without(loads, writes);
  const ended = unwritten.length === 0 ? null : endUnstored(bound, unwritten);
  // The write was sent on the connection that later reads use, so that a caller that comes now
  // needn't wait for it.
  loads.forEach((load, i) => finish(cache, load, results[i] as LoadResult));
  const fates = await stored;
  for (let i = 0; i < writes.length; i++) (writes[i] as PendingWrite).load.fate = fates[i] as Fate;
  const { observer } = registry;
  if (observer !== null)
    for (const { load, payload, lifetime } of writes)
      if (load.fate === "stored") observer.stored(load, payload, lifetime.storedMs);
  if (ended) await ended;
}

function without(loads: readonly Load[], writes: readonly PendingWrite[]): readonly Load[] {
  const written = new Set(writes.map(({ load }) => load));
  return loads.filter((load) => !written.has(load));
}

/**
 * If there is an entry that was to be replaced, it is deleted, because it would be served for all
 * of `stale` otherwise, and each call would run the loader. If there is none, the lease is
 * released. A refresh does this itself, because its caller relies on it.
 */
async function endUnstored({ cache }: BoundPlan, loads: readonly Load[]): Promise<void> {
  const leased = loads.filter(({ lease, beginning }) => lease !== null && beginning !== "refresh");
  const replacesEntry = ({ missing }: Load): boolean => missing.force || missing.seenId !== null;
  const released = releaseLeases(cache, leasesOf(leased.filter((load) => !replacesEntry(load))));
  await endEntries(cache, leased.filter(replacesEntry)).catch(() => {});
  await released;
}

/**
 * Deletes the entries and the leases on them. If that fails, the leases at least are released: an
 * open breaker keeps an invalidation from being sent, but not a release, and other callers would
 * wait for as long as the lease lasts. Rejects with the fault, which is an event.
 */
export async function endEntries(cache: Cache, loads: readonly Load[]): Promise<void> {
  try {
    await cache.invalidateKeys(loads.map(({ key }) => key));
  } catch (error) {
    await releaseLeases(cache, leasesOf(loads));
    throw error;
  }
}

function leasesOf(loads: readonly Load[]): Lease[] {
  const leases: Lease[] = [];
  for (const { lease } of loads) if (lease) leases.push(lease);
  return leases;
}

export function finish(cache: Cache, load: Load, result: LoadResult): void {
  leave(cache, load);
  load.resolve(result);
}

export function fail(cache: Cache, load: Load, error: unknown): void {
  leave(cache, load);
  load.reject(error);
}

/**
 * It is called before the value is handed out. A caller that awaits the value and then invalidates
 * must not join a load that is outdated by that.
 */
export function leave(cache: Cache, load: Load): void {
  cache.removeLoad(load);
}

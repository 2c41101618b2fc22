import { assemble, parseBatchCall, runnerOf as batchRunnerOf } from "./batch";
import { type Answers } from "../backends/outbox";
import { type BoundPlan } from "../loads/bound-plan";
import { type Cache } from "../cache/cache";
import { hasLease, parseStored } from "../entry/entry";
import { acquireLeases } from "../loads/lease";
import { Load } from "../cache/load";
import { type Loader } from "../user-code/loader";
import { wantedOf } from "../loads/lookup";
import { Missing, type Wanted } from "../cache/found";
import { within } from "../loads/timeout";
import { pause, pollDelayMs } from "../loads/poll";
import { runnerOf } from "./read-through";
import { endEntries, fail, type Runner, runLoads } from "../loads/run-loads";
import { beginRun } from "../cache/runs";
import { type Run } from "../cache/run";
import { addCallers, markFrames } from "../user-code/stacks";
import { createAbortGroup, giveLeases } from "../loads/start-loads";
import { completeVersions } from "../loads/tag-versions";
import { signalOf } from "./with-cache";

/**
 * Runs the loader whatever is stored, stores its result, and returns once it is stored. A caller
 * that awaits it relies on it: if the old entry could neither be replaced nor be deleted, it
 * rejects with a `BackendError`.
 */
export async function refresh(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
  isReliedOn = true,
): Promise<unknown> {
  try {
    return await recompute(bound, loader, self, args, isReliedOn);
  } catch (error) {
    throw addCallers(error);
  }
}

/**
 * Carries out a call beneath `withCache({ mode: "refresh" })`. Like any call, it succeeds although
 * the cache fails.
 */
export function refreshInCall(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  return refresh(bound, loader, self, args, false);
}

markFrames(refresh, refreshInCall, reloadAll);

function recompute(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
  isReliedOn: boolean,
): Promise<unknown> {
  const { plan, timeoutMs } = bound;
  const signal = signalOf(plan, args);
  const reload = (wanted: readonly Wanted[], runner: Runner): Promise<readonly unknown[]> =>
    bound.cache.track(reloadAll(bound, self, wanted, runner, signal, isReliedOn));
  return within(bound, { timeoutMs, signal }, async () => {
    if (!plan.batch)
      return (await reload([wantedOf(bound, self, args)], runnerOf(bound, loader, self)))[0];
    const call = parseBatchCall(bound, self, args);
    const { wanted } = call;
    const values =
      wanted.length === 0 ? [] : await reload(wanted, batchRunnerOf(bound, loader, self, call));
    return assemble(bound, call, values);
  });
}

/**
 * Loads and stores. A result that can't be stored, because `when` said no, there was no lease, or
 * the store has failed, is invalidated, because the entry that is stored is known to be outdated.
 */
async function reloadAll(
  bound: BoundPlan,
  self: unknown,
  wanted: readonly Wanted[],
  runner: Runner,
  signal: AbortSignal | null,
  isReliedOn: boolean,
): Promise<readonly unknown[]> {
  const { cache } = bound;
  const keys = wanted.map(({ key }) => key);
  const run = beginRun(cache.name, keys, true);
  const abortGroup = createAbortGroup(bound, () => loads);
  const loads: Load[] = wanted.map(
    (one) => new Load(new Missing(one, [], null, true, false), "refresh", run, abortGroup),
  );
  for (const load of loads) load.want(signal);
  const overlapped = keys.filter((key) => cache.refreshes.has(key));
  for (const key of keys) enterRefresh(cache, key, run);
  let standing: Promise<StoredIds>;
  try {
    // It takes the lease of another refresh, whose caller may rely on the deletion of the old entry
    // before this one has a value.
    await cache.invalidateKeys(overlapped).catch(() => {});
    await takeLeases(bound, loads);
    // It is read while the loader runs.
    standing = cache.track(findStoredIds(bound, loads));
    await runLoads(bound, self, loads, runner);
  } catch (error) {
    // A user's own backend has made a mistake.
    for (const load of loads) fail(cache, load, error);
    throw error;
  } finally {
    for (const key of keys) leaveRefresh(cache, key, run);
  }
  const results = await Promise.all(loads.map((load) => load.result()));
  const unstored = loads.filter(({ fate }) => fate === "unstored");
  const dropped = loads.filter(({ fate }) => fate === "dropped");
  try {
    await endEntries(cache, unstored);
    if (dropped.length > 0) await outlast(bound, dropped, await standing);
  } catch (error) {
    if (isReliedOn) throw error;
  }
  return results;
}

function enterRefresh({ refreshes }: Cache, key: string, run: Run): void {
  const underWay = refreshes.get(key);
  if (underWay) underWay.add(run);
  else refreshes.set(key, new Set([run]));
}

function leaveRefresh({ refreshes }: Cache, key: string, run: Run): void {
  const underWay = refreshes.get(key);
  underWay?.delete(run);
  if (underWay?.size === 0) refreshes.delete(key);
}

/**
 * Takes the leases, even if others have them, because a write that began before must not overwrite
 * this one. Without them nothing is stored.
 */
async function takeLeases(bound: BoundPlan, loads: readonly Load[]): Promise<void> {
  const { cache } = bound;
  const [answers] = await Promise.all([
    acquireLeases(cache, loads),
    completeVersions(bound, loads),
    bound.timed ? cache.storeClock.ready() : null,
  ]);
  // A request that forces is answered neither "busy" nor "changed", so that all of them are ready.
  giveLeases(bound, loads, answers);
}

/**
 * For each load, the id of the entry at its key after its lease was taken, null if there was none,
 * and undefined if that is not known. Any other entry that is found there later was loaded after
 * this refresh began.
 */
type StoredIds = ReadonlyMap<Load, string | null | undefined>;

async function findStoredIds({ cache }: BoundPlan, loads: readonly Load[]): Promise<StoredIds> {
  const leased = loads.filter(({ lease }) => lease !== null);
  if (leased.length === 0) return new Map();
  const values = await cache.read(leased.map(({ key }) => key));
  return new Map(leased.map((load, i) => [load, idOf(values[i])]));
}

/**
 * Returns the id of the entry. A plain entry has none, and was stored since, because an entry under
 * a lease has a header.
 */
function idOf(bytes: Answers[number]): string | null | undefined {
  if (!bytes) return bytes;
  const stored = parseStored(bytes);
  if (stored === "unreadable") return undefined;
  return stored.payload === null ? null : stored.id;
}

/**
 * Waits for the processes that have taken the leases. A newer refresh stores a newer value, and the
 * old entry is served until then. It waits for as long as a lease lasts. An old entry that is left
 * afterwards is deleted.
 */
async function outlast(
  bound: BoundPlan,
  dropped: readonly Load[],
  standing: StoredIds,
): Promise<void> {
  const { cache } = bound;
  const { leaseMs } = cache.settings;
  let waiting = dropped;
  let waitedMs = 0;
  for (let round = 0; waiting.length > 0; round++) {
    const values = await cache.read(waiting.map(({ key }) => key));
    const old = waiting.filter((load, i) => isOld(values[i], standing.get(load)));
    const isHeld = (load: Load): boolean => {
      const bytes = values[waiting.indexOf(load)];
      return waitedMs < leaseMs && bytes != null && hasLease(bytes);
    };
    await cache.invalidateKeys(old.filter((load) => !isHeld(load)).map(({ key }) => key));
    waiting = old.filter(isHeld);
    if (waiting.length === 0) return;
    const delayMs = Math.min(pollDelayMs(round), leaseMs - waitedMs);
    await pause(cache, delayMs);
    waitedMs += delayMs;
  }
}

/**
 * Whether the bytes are the entry that was there when the refresh began, or can't be distinguished
 * from it.
 */
function isOld(bytes: Answers[number], oldId: string | null | undefined): boolean {
  if (bytes === undefined) return true;
  if (bytes === null || oldId === null) return false;
  const id = idOf(bytes);
  return id === undefined || (id !== null && (oldId === undefined || id === oldId));
}

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
import { createInterest, giveLeases } from "../loads/start-loads";
import { completeVersions } from "../loads/tag-versions";
import { signalOf } from "./with-cache";

/**
 * Recomputes, stores, and returns once it is stored, whatever was stored before. Whoever awaits it relies on it: where the
 * old entry could neither be replaced nor be ended, it rejects with a `BackendError`.
 */
export async function refresh(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  try {
    return await recompute(bound, loader, self, args, true);
  } catch (error) {
    throw addCallers(error);
  }
}

/** A call beneath `withCache({ mode: "refresh" })`. It is a call, which a broken cache never breaks. */
export async function refreshInCall(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  try {
    return await recompute(bound, loader, self, args, false);
  } catch (error) {
    throw addCallers(error);
  }
}

markFrames(refresh, refreshInCall);

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
    if (!plan.batch) return (await reload([wantedOf(bound, self, args)], runnerOf(bound, loader, self)))[0];
    const call = parseBatchCall(bound, self, args);
    const { wanted } = call;
    const values = wanted.length === 0 ? [] : await reload(wanted, batchRunnerOf(bound, loader, self, call));
    return assemble(bound, call, values);
  });
}

/**
 * What can't be stored is invalidated, because the entry that stands is known to be outdated: `when` said no, there was
 * no lease, or the store has failed.
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
  const interest = createInterest(bound, () => loads);
  const loads: Load[] = wanted.map(
    (one) => new Load(new Missing(one, [], null, true, false), "refresh", run, interest),
  );
  for (const load of loads) load.want(signal);
  const overlapped = keys.filter((key) => cache.refreshes.has(key));
  for (const key of keys) enterRefresh(cache, key, run);
  let standing: Promise<Standing>;
  try {
    // This one takes the lease of another, whose caller may rely on the end of the old entry before this one has a value.
    await cache.invalidateKeys(overlapped).catch(() => {});
    await takeLeases(bound, loads);
    // While the loader runs.
    standing = cache.track(findStanding(bound, loads));
    await runLoads(bound, self, loads, runner);
  } catch (error) {
    // A mistake in a backend of the user's own.
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

/** Takes the leases, whoever has them: a write that began before must not bury this one. Without them nothing is stored. */
async function takeLeases(bound: BoundPlan, loads: readonly Load[]): Promise<void> {
  const { cache } = bound;
  const [answers] = await Promise.all([
    acquireLeases(cache, loads),
    completeVersions(bound, loads),
    bound.timed ? cache.storeClock.ready() : null,
  ]);
  // Whoever forces is neither told "busy" nor "changed", so that all of them are ready.
  giveLeases(bound, loads, answers);
}

/**
 * Of each load, the id of the entry that stood at its key after its lease was taken; null where none did, and undefined
 * where that is not known. Any other entry that stands there later was loaded after this refresh began.
 */
type Standing = ReadonlyMap<Load, string | null | undefined>;

async function findStanding({ cache }: BoundPlan, loads: readonly Load[]): Promise<Standing> {
  const leased = loads.filter(({ lease }) => lease !== null);
  if (leased.length === 0) return new Map();
  const values = await cache.read(leased.map(({ key }) => key));
  return new Map(leased.map((load, i) => [load, idOf(values[i])]));
}

/** A plain entry has no id, and was stored since: under a lease an entry has a header. */
function idOf(bytes: Answers[number]): string | null | undefined {
  if (!bytes) return bytes;
  const stored = parseStored(bytes);
  if (stored === "unreadable") return undefined;
  return stored.payload === null ? null : stored.id;
}

/**
 * Another process has taken the leases. A newer refresh stores a newer value: it is waited for, since the old entry is served
 * until then, for as long as a lease lasts. What is still the old entry afterwards ends.
 */
async function outlast(bound: BoundPlan, dropped: readonly Load[], standing: Standing): Promise<void> {
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

/** Whether the bytes are the entry that stood there when the refresh began, or can't be told from it. */
function isOld(bytes: Answers[number], oldId: string | null | undefined): boolean {
  if (bytes === undefined) return true;
  if (bytes === null || oldId === null) return false;
  const id = idOf(bytes);
  return id === undefined || (id !== null && (oldId === undefined || id === oldId));
}

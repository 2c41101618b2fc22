import { type BoundPlan } from "./bound-plan";
import { type Cache } from "../cache/cache";
import { AbortGroup } from "../cache/abort-group";
import { acquireLeases, giveUpLeases, type LeaseAnswer } from "./lease";
import { type Lease, type Missing } from "../cache/found";
import { Load, readAgain } from "../cache/load";
import { pause, pollDelayMs } from "./poll";
import { fail, finish, leave, type Runner, runLoads } from "./run-loads";
import { registry } from "../cache/registry";
import { beginRun, addWait, waitsForRun } from "../cache/runs";
import { markFrames } from "../user-code/stacks";
import { completeVersions, isVersioned } from "./tag-versions";

/**
 * Begins to load what is missing, and returns at once. Each `Load` notifies its waiters when it
 * ends. No load of these keys may be under way in this cache.
 * @param background whether no caller waits, so that keys that another process is loading are left
 * to it
 */
export function startLoads(
  bound: BoundPlan,
  self: unknown,
  missing: readonly Missing[],
  runner: Runner,
  background = false,
): Load[] {
  const { cache } = bound;
  const keys = missing.map(({ wanted }) => wanted.key);
  const run = beginRun(cache.name, keys, !background);
  const abortGroup = background ? null : createAbortGroup(bound, () => loads);
  const beginning = background ? "background" : "call";
  const loads: Load[] = missing.map((one) => new Load(one, beginning, run, abortGroup));
  for (const load of loads) cache.addLoad(load);
  const work = canRunAtOnce(bound, loads)
    ? runLoads(bound, self, loads, runner)
    : leaseAndRun(bound, self, loads, runner);
  // A mistake in a backend of the user's own must not leave callers waiting.
  void cache.track(work, (error) => loads.forEach((load) => fail(cache, load, error)));
  return loads;
}

/**
 * Whether nothing has to be asked before the loader runs: because nothing can be stored, or because
 * all leases were taken with the read, which the loads are given here, and their entries have no
 * versions to wait for.
 */
function canRunAtOnce(bound: BoundPlan, loads: readonly Load[]): boolean {
  if (loads.every(({ missing }) => missing.unstorable && !missing.lease)) return true;
  if (!loads.every((load) => load.missing.lease && isVersioned(bound, load))) return false;
  for (const load of loads) load.lease = load.missing.lease;
  return true;
}

/**
 * When all callers have aborted, no other caller joins the loads, unless the loader goes on because
 * it takes no signal.
 */
export function createAbortGroup(
  { cache, plan }: BoundPlan,
  loadsOf: () => readonly Load[],
): AbortGroup {
  return new AbortGroup(() => {
    for (const load of loadsOf())
      if (plan.signal !== undefined || !load.hasStarted) leave(cache, load);
  });
}

/**
 * Runs the loader once, immediately, for all keys whose lease could be taken. Keys that another
 * process is loading are waited for, at most as long as a lease lasts, and are then loaded without
 * storing.
 */
async function leaseAndRun(
  bound: BoundPlan,
  self: unknown,
  loads: readonly Load[],
  runner: Runner,
): Promise<void> {
  const { cache, timeoutMs } = bound;
  const { leaseMs } = cache.settings;
  const runs: Promise<void>[] = [];
  const versioned = completeVersions(bound, loads);
  let waitedMs = 0;
  let waiting: Load[] = [...loads];
  for (let round = 0; waiting.length > 0; round++) {
    const answers = await acquireLeases(cache, waiting);
    if (versioned) await versioned;
    const { ready, busy } = giveLeases(bound, waiting, answers);
    const isPatient = waitedMs < leaseMs && !loads[0]?.abortGroup?.isGone;
    const isLate = timeoutMs !== null && waitedMs >= timeoutMs;
    const running: Load[] = [];
    const leftToOthers: Load[] = [];
    waiting = [];
    // A load in the background whose value could not be stored would be useless.
    for (const load of ready) (load.background && !load.lease ? leftToOthers : running).push(load);
    for (const load of busy) {
      // A load in the background is left to the other process, and a caller that had a timeout is
      // not there any more.
      if (load.background || isLate) leftToOthers.push(load);
      else if (isPatient && !wouldCloseCircle(cache, load)) waiting.push(load);
      else running.push(load);
    }
    for (const load of leftToOthers) finish(cache, load, readAgain);
    if (running.length > 0) runs.push(runLoads(bound, self, running, runner));
    if (waiting.length === 0) break;
    if (round === 0)
      for (const { key } of waiting) registry.observer?.waited(cache, bound.plan.name, key);
    const delayMs = Math.min(pollDelayMs(round), leaseMs - waitedMs);
    const forgetWaits = registerWaits(cache, waiting);
    await pause(cache, delayMs);
    forgetWaits();
    waitedMs += delayMs;
  }
  await (runs.length === 1 ? runs[0] : Promise.all(runs));
}

markFrames(leaseAndRun);

/**
 * Whether the lease belongs to a refresh in this process that waits for this very load, directly or
 * through others.
 */
function wouldCloseCircle({ refreshes }: Cache, { key, run }: Load): boolean {
  return Array.from(refreshes.get(key) ?? []).some((refresh) => waitsForRun(refresh, run));
}

/**
 * Records that the loads wait for the refreshes in this process that hold their leases. Returns a
 * function that ends that.
 */
function registerWaits({ refreshes }: Cache, loads: readonly Load[]): () => void {
  const ends = loads.flatMap(({ key, run }) =>
    Array.from(refreshes.get(key) ?? [], (refresh) => addWait(run, refresh)),
  );
  return () => {
    for (const end of ends) end();
  };
}

/**
 * Gives the loads their leases, and returns those to run now and those whose lease another process
 * has. The others are read again. A load whose versions are not known can't be stored, so that it
 * waits for no other and no other waits for it.
 */
export function giveLeases(
  bound: BoundPlan,
  loads: readonly Load[],
  answers: readonly LeaseAnswer[],
): { readonly ready: readonly Load[]; readonly busy: readonly Load[] } {
  const { cache } = bound;
  const ready: Load[] = [];
  const busy: Load[] = [];
  const unused: Lease[] = [];
  for (let i = 0; i < loads.length; i++) {
    const load = loads[i] as Load;
    const answer = answers[i] as LeaseAnswer;
    const isOfUse = isVersioned(bound, load);
    if (typeof answer === "object") {
      if (isOfUse) load.lease = answer;
      else unused.push(answer);
    }
    if (answer === "changed") finish(cache, load, readAgain);
    else if (answer === "busy" && isOfUse) busy.push(load);
    else ready.push(load);
  }
  giveUpLeases(cache, unused);
  return { ready, busy };
}

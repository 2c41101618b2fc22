import { type BoundPlan } from "./bound-plan";
import { type Cache } from "../cache/cache";
import { Interest } from "../cache/abort-group";
import { acquireLeases, giveUpLeases, type LeaseAnswer } from "./lease";
import { type Lease, type Missing } from "../cache/found";
import { Load, readAgain } from "../cache/load";
import { pause, pollDelayMs } from "./poll";
import { fail, finish, leave, type Runner, runLoads } from "./run-loads";
import { beginRun, noteWait, waitsForRun } from "../cache/runs";
import { completeVersions, isVersioned } from "./tag-versions";

/**
 * Loads what is missing and returns at once; each `Load` tells its own end. No load of
 * these keys may be under way in this cache.
 * @param background nobody waits: what another process is loading is left to it
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
  const interest = background ? null : createInterest(bound, () => loads);
  const beginning = background ? "background" : "call";
  const loads: Load[] = missing.map((one) => new Load(one, beginning, run, interest));
  for (const load of loads) cache.loads.set(load.key, load);
  // A lease that came with the read is to be given up.
  const work = loads.every(({ missing }) => missing.unstorable && !missing.lease)
    ? runLoads(bound, self, loads, runner)
    : leaseAndRun(bound, self, loads, runner);
  // A mistake in a backend of the user's own must not leave callers waiting.
  void cache.track(work, (error) => loads.forEach((load) => fail(cache, load, error)));
  return loads;
}

/** When all callers have aborted nobody joins them any more, unless the loader runs on because it takes no signal. */
export function createInterest({ cache, plan }: BoundPlan, loadsOf: () => readonly Load[]): Interest {
  return new Interest(() => {
    for (const load of loadsOf()) if (plan.signal !== undefined || !load.hasStarted) leave(cache, load);
  });
}

/**
 * The loader runs once for all keys whose lease could be taken, at once; keys that another
 * process is loading are waited for, at most as long as a lease lasts, then loaded
 * without storing.
 */
async function leaseAndRun(bound: BoundPlan, self: unknown, loads: readonly Load[], runner: Runner): Promise<void> {
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
    const isPatient = waitedMs < leaseMs && !loads[0]?.interest?.isGone;
    const isLate = timeoutMs !== null && waitedMs >= timeoutMs;
    const running: Load[] = [];
    const leftAlone: Load[] = [];
    waiting = [];
    // A load in the background that could not be stored is of no use.
    for (const load of ready) (load.background && !load.lease ? leftAlone : running).push(load);
    for (const load of busy) {
      // A load in the background is left to the other process, and a caller that had a timeout is not there any more.
      if (load.background || isLate) leftAlone.push(load);
      else if (isPatient && !wouldCloseCircle(cache, load)) waiting.push(load);
      else running.push(load);
    }
    for (const load of leftAlone) finish(cache, load, readAgain);
    if (running.length > 0) runs.push(runLoads(bound, self, running, runner));
    if (waiting.length === 0) break;
    const delayMs = Math.min(pollDelayMs(round), leaseMs - waitedMs);
    const forgetWaits = noteWaits(cache, waiting);
    await pause(cache, delayMs);
    forgetWaits();
    waitedMs += delayMs;
  }
  await (runs.length === 1 ? runs[0] : Promise.all(runs));
}

/** Whether the lease is that of a refresh in this process which waits, itself or through others, for this very load. */
function wouldCloseCircle({ refreshes }: Cache, { key, run }: Load): boolean {
  return Array.from(refreshes.get(key) ?? []).some((refresh) => waitsForRun(refresh, run));
}

/** The loads wait for the refreshes in this process that hold their leases. Returns what ends that. */
function noteWaits({ refreshes }: Cache, loads: readonly Load[]): () => void {
  const ends = loads.flatMap(({ key, run }) =>
    Array.from(refreshes.get(key) ?? [], (refresh) => noteWait(run, refresh)),
  );
  return () => {
    for (const end of ends) end();
  };
}

/**
 * Gives loads their leases, and sorts them into those to run now and those that another holder is at; the others are read
 * again. Without its versions nothing can be stored for a load: then it waits for nobody, and others needn't wait for it.
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

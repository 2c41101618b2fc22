import { type BoundPlan } from "./bound-plan";
import { type Cache } from "./cache";
import { noteAll, noteFailure } from "./counters";
import { LoadTimeoutError } from "./errors";
import { Interest } from "./interest";
import { acquireLeases, type Lease, releaseLeases, renewLeases } from "./lease";
import { Load, type LoadResult, readAgain } from "./load";
import { type Missing } from "./lookup";
import { addResultTags } from "./result-tags";
import { type Candidate, encode, judgeValue, store } from "./store";
import { ensureVersions } from "./tag-versions";

/** How a loader is run. In a batch, for several keys at once. */
export interface Runner {
  /** What the loader returns: a promise, as a rule. */
  run(missing: readonly Missing[], signal: AbortSignal | null): unknown;
  /** The values in what the loader has returned, one for each of those it was run for. May throw. */
  values(result: unknown, missing: readonly Missing[]): readonly unknown[];
}

/** How a caller waits for another process's load, in milliseconds: few questions, soon at first. */
const pollDelaysMs = [5, 10, 20, 40, 80, 160, 320];
const longestDelayMs = 500;

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
  const { cache, plan } = bound;
  // A load that nobody waits for is wanted all the same.
  const interest = plan.signal === undefined || background ? null : new Interest();
  const loads = missing.map((one) => new Load(one, background, interest));
  for (const load of loads) cache.loads.set(load.key, load);
  interest?.signal.addEventListener("abort", () => loads.forEach((load) => leave(cache, load)));
  const work = loads.every((load) => load.missing.outage)
    ? runLoads(bound, self, loads, runner)
    : leaseAndRun(bound, self, loads, runner);
  // A mistake in a backend of the user's own must not leave callers waiting.
  void cache.track(work.catch((error: unknown) => loads.forEach((load) => fail(cache, load, error))));
  return loads;
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
  let waiting = loads;
  for (let round = 0; waiting.length > 0; round++) {
    const answers = await acquireLeases(cache, waiting);
    const hasVersions = versioned === true || (await versioned);
    const { ready, busy } = sortLoads(cache, waiting, answers, hasVersions);
    const patient = waitedMs < leaseMs;
    // A background load that could not be stored is of no use, what another process loads is left to it, and
    // whoever had a timeout is not there any more.
    const late = timeoutMs !== null && waitedMs >= timeoutMs;
    const leftAlone = ready.filter((load) => load.background && !load.lease);
    leftAlone.push(...busy.filter((load) => load.background || late));
    for (const load of leftAlone) finish(cache, load, readAgain);
    const isWanted = (load: Load): boolean => !leftAlone.includes(load);
    const running = (patient ? ready : ready.concat(busy)).filter(isWanted);
    if (running.length > 0) runs.push(runLoads(bound, self, running, runner));
    waiting = patient ? busy.filter(isWanted) : [];
    if (waiting.length === 0) break;
    const delayMs = Math.min(pollDelaysMs[round] ?? longestDelayMs, leaseMs - waitedMs);
    await pause(cache, delayMs);
    waitedMs += delayMs;
  }
  await Promise.all(runs);
}

/** Adds new versions to those that were read. False: the backend could not be asked. */
function completeVersions(bound: BoundPlan, loads: readonly Load[]): true | Promise<boolean> {
  const { plan, cache, fenceKeys } = bound;
  // Without tags of any kind there are none.
  if (!plan.tags && fenceKeys.length === 0 && cache.epochKey === null) return true;
  const absent = loads.flatMap(({ missing: { wanted, versions } }) =>
    wanted.versionKeys.filter((_, i) => !versions[i]),
  );
  return ensureVersions(bound, [...absent, ...fenceKeys]).then((made) => {
    if (!made) return false;
    for (const load of loads) {
      const { wanted, versions } = load.missing;
      load.versions = wanted.versionKeys.map((key, i) => versions[i]?.toString("latin1") ?? (made.get(key) as string));
      load.fences = fenceKeys.map((key) => made.get(key) as string);
    }
    return true;
  });
}

/** Sorts loads into those to run now and those that another holder is at; the others are read again. */
function sortLoads(
  cache: Cache,
  loads: readonly Load[],
  answers: Awaited<ReturnType<typeof acquireLeases>>,
  hasVersions: boolean,
): { readonly ready: readonly Load[]; readonly busy: readonly Load[] } {
  if (!answers) return { ready: loads, busy: [] };
  if (!hasVersions) {
    // Without its versions nothing can be stored, and others needn't wait for it.
    void cache.track(releaseLeases(cache, answers.filter(isLease)));
    return { ready: loads, busy: [] };
  }
  const ready: Load[] = [];
  const busy: Load[] = [];
  for (let i = 0; i < loads.length; i++) {
    const load = loads[i] as Load;
    const answer = answers[i];
    if (answer === "changed") finish(cache, load, readAgain);
    else if (answer === "busy") busy.push(load);
    else {
      load.lease = answer as Lease;
      ready.push(load);
    }
  }
  return { ready, busy };
}

function isLease(answer: Lease | "busy" | "changed"): answer is Lease {
  return typeof answer === "object";
}

async function runLoads(bound: BoundPlan, self: unknown, loads: readonly Load[], runner: Runner): Promise<void> {
  const { cache, plan, timeoutMs } = bound;
  const { clock } = cache.settings;
  const leases = loads.flatMap(({ lease }) => lease ?? []);
  const stopRenewing = renewLeases(cache, leases);
  const keys = loads.map(({ key }) => key);
  const tick = cache.tick();
  for (const load of loads) load.start(tick, keys);
  noteAll(bound, "load", keys);
  // Those who waited have been told by then; a loader that hangs must keep neither later callers nor other processes.
  const giveUp = (): void => {
    stopRenewing();
    for (const load of loads) leave(cache, load);
    noteFailure(bound, keys, new LoadTimeoutError(plan.name, timeoutMs as number));
  };
  const cancelTimeout = timeoutMs === null ? null : clock.after(timeoutMs, giveUp);
  const startedAt = clock.now();
  let values: readonly unknown[];
  try {
    const missing = loads.map((load) => load.missing);
    values = runner.values(await runner.run(missing, loads[0]?.interest?.signal ?? null), missing);
  } catch (error) {
    stopRenewing();
    noteFailure(bound, keys, error);
    // On its way before anybody hears of the error, so that who tries again finds no lease in the way. But what is
    // served stale meanwhile is not tried again, by anyone, before the lease ends by itself.
    const released = releaseLeases(cache, loads[0]?.background ? [] : leases);
    for (const load of loads) fail(cache, load, error);
    return released;
  } finally {
    cancelTimeout?.();
  }
  // Until it is stored: a large batch is written in many pieces.
  await finishLoads(bound, self, loads, values, clock.now() - startedAt).finally(stopRenewing);
}

async function finishLoads(
  bound: BoundPlan,
  self: unknown,
  loads: readonly Load[],
  values: readonly unknown[],
  loadMs: number,
): Promise<void> {
  const { cache, codec } = bound;
  const candidates: Candidate[] = [];
  const unstored: Lease[] = [];
  const results = loads.map(({ key, lease, shared, versions, fences, missing: { wanted } }, i) => {
    const value = values[i];
    const lifetime = judgeValue(bound, self, key, wanted.args, value);
    const payload = lifetime || shared ? encode(bound, key, value) : null;
    if (lease && lifetime && payload !== null)
      candidates.push({ lease, wanted, versions, fences, value, payload, lifetime, loadMs });
    else if (lease) unstored.push(lease);
    return { value, payload, codec };
  });
  // With result tags this takes round trips of its own; else none.
  const writes = bound.plan.resultTags ? await addResultTags(bound, self, candidates) : candidates;
  if (writes.length < candidates.length) {
    const kept = new Set(writes.map(({ lease }) => lease));
    for (const { lease } of candidates) if (!kept.has(lease)) unstored.push(lease);
  }
  const stored = store(bound, writes);
  const released = releaseLeases(cache, unstored);
  // The write is on its way, on the connection that later reads use: who comes now need not wait for it.
  loads.forEach((load, i) => finish(cache, load, results[i] as LoadResult));
  await stored;
  await released;
}

function finish(cache: Cache, load: Load, result: LoadResult): void {
  leave(cache, load);
  load.resolve(result);
}

function fail(cache: Cache, load: Load, error: unknown): void {
  leave(cache, load);
  load.reject(error);
}

/** Before the value is handed out: who awaits it and then invalidates must not join the run that is outdated by that. */
function leave(cache: Cache, load: Load): void {
  if (cache.loads.get(load.key) === load) cache.loads.delete(load.key);
}

function pause(cache: Cache, ms: number): Promise<void> {
  // With a backend in this process nothing else would keep it from ending under a waiting caller.
  return new Promise((resolve) => void cache.settings.clock.after(ms, resolve, true));
}

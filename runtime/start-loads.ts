import { type BoundPlan } from "./bound-plan";
import { type Cache } from "./cache";
import { note, noteFailure } from "./counters";
import { LoadTimeoutError } from "./errors";
import { Interest } from "./interest";
import { acquireLeases, type Lease, releaseLeases, renewLeases } from "./lease";
import { Load, type LoadResult, readAgain } from "./load";
import { addResultTags } from "./result-tags";
import { type Candidate, encode, judgeValue, store } from "./store";
import { ensureVersions } from "./tag-versions";

/** What was found at a key that holds nothing usable, and what is needed to load it. */
export interface Missing {
  readonly key: string;
  /** The arguments as templates see them: in a batch they begin with one id. */
  readonly args: ArrayLike<unknown>;
  readonly versionKeys: readonly string[];
  /** The tags' versions as they were read; null where one is missing. */
  readonly versions: readonly (Buffer | null)[];
  readonly seenId: Buffer | null;
  /** What stands at the key is of no use to this function, and has no id: take its place. */
  readonly force: boolean;
  /** The backend could not be read, so that nothing can be stored either. */
  readonly outage: boolean;
}

/** A missing key on its way: found, then leased, then loaded, then stored. */
interface Job {
  readonly missing: Missing;
  readonly load: Load;
  lease: Lease | null;
  versions: readonly Buffer[];
  /** Of `fenceKeys`, as they stood before the loader ran. */
  fences: readonly Buffer[];
}

/** Runs the loader for these: results in their order. In a batch, several at once. */
export type RunLoader = (missing: readonly Missing[], signal: AbortSignal | null) => Promise<readonly unknown[]>;

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
  run: RunLoader,
  background = false,
): Load[] {
  const { cache, plan } = bound;
  // A load that nobody waits for is wanted all the same.
  const interest = plan.signal === undefined || background ? null : new Interest();
  const jobs = missing.map((one): Job => ({
    missing: one,
    load: new Load(one.key, background, interest),
    lease: null,
    versions: [],
    fences: [],
  }));
  for (const { load } of jobs) cache.loads.set(load.key, load);
  interest?.signal.addEventListener("abort", () => jobs.forEach(({ load }) => leave(cache, load)));
  const work = jobs.every((job) => job.missing.outage)
    ? runJobs(bound, self, jobs, run)
    : loadJobs(bound, self, jobs, run);
  // A mistake in a backend of the user's own must not leave callers waiting.
  void cache.track(work.catch((error: unknown) => jobs.forEach((job) => fail(cache, job, error))));
  return jobs.map((job) => job.load);
}

/**
 * The loader runs once for all keys whose lease could be taken, at once; keys that another
 * process is loading are waited for, at most as long as a lease lasts, then loaded
 * without storing.
 */
async function loadJobs(bound: BoundPlan, self: unknown, jobs: readonly Job[], run: RunLoader): Promise<void> {
  const { cache, timeoutMs } = bound;
  const { leaseMs } = cache.settings;
  const runs: Promise<void>[] = [];
  const versioned = completeVersions(bound, jobs);
  let waitedMs = 0;
  let waiting = jobs;
  for (let round = 0; waiting.length > 0; round++) {
    const { ready, busy } = await takeLeases(cache, waiting, versioned);
    const patient = waitedMs < leaseMs;
    // A background load that could not be stored is of no use, what another process loads is left to it, and
    // whoever had a timeout is not there any more.
    const late = timeoutMs !== null && waitedMs >= timeoutMs;
    const abandoned = new Set(
      waiting.filter((job) => !job.lease && (job.load.background || (late && busy.includes(job)))),
    );
    for (const job of abandoned) finish(cache, job, readAgain);
    const wanted = (jobs: readonly Job[]): Job[] => jobs.filter((job) => !abandoned.has(job));
    const running = wanted(patient ? ready : ready.concat(busy));
    if (running.length > 0) runs.push(runJobs(bound, self, running, run));
    waiting = patient ? wanted(busy) : [];
    if (waiting.length === 0) break;
    const delayMs = Math.min(pollDelaysMs[round] ?? longestDelayMs, leaseMs - waitedMs);
    await pause(cache, delayMs);
    waitedMs += delayMs;
  }
  await Promise.all(runs);
}

/** Adds new versions to those that were read. False: the backend could not be asked. */
async function completeVersions(bound: BoundPlan, jobs: readonly Job[]): Promise<boolean> {
  const absent = jobs.flatMap(({ missing: { versionKeys, versions } }) => versionKeys.filter((_, i) => !versions[i]));
  const made = await ensureVersions(bound, [...absent, ...bound.fenceKeys]);
  if (!made) return false;
  for (const job of jobs) {
    const { versionKeys, versions } = job.missing;
    job.versions = versionKeys.map((key, i) => versions[i] ?? (made.get(key) as Buffer));
    job.fences = bound.fenceKeys.map((key) => made.get(key) as Buffer);
  }
  return true;
}

/** Sorts jobs into those to load now and those that another holder is loading; the others are read again. */
async function takeLeases(
  cache: Cache,
  jobs: readonly Job[],
  versioned: Promise<boolean>,
): Promise<{ ready: readonly Job[]; busy: readonly Job[] }> {
  const [answers, hasVersions] = await Promise.all([
    acquireLeases(
      cache,
      jobs.map((job) => job.missing),
    ),
    versioned,
  ]);
  if (!answers) return { ready: jobs, busy: [] };
  if (!hasVersions) {
    // Without its versions nothing can be stored, and others needn't wait for it.
    void cache.track(releaseLeases(cache, answers.filter(isLease)));
    return { ready: jobs, busy: [] };
  }
  const ready: Job[] = [];
  const busy: Job[] = [];
  for (const [i, job] of jobs.entries()) {
    const answer = answers[i];
    if (answer === "changed") finish(cache, job, readAgain);
    else if (answer === "busy") busy.push(job);
    else {
      job.lease = answer as Lease;
      ready.push(job);
    }
  }
  return { ready, busy };
}

function isLease(answer: Lease | "busy" | "changed"): answer is Lease {
  return typeof answer === "object";
}

async function runJobs(bound: BoundPlan, self: unknown, jobs: readonly Job[], run: RunLoader): Promise<void> {
  const { cache, plan, timeoutMs } = bound;
  const { clock } = cache.settings;
  const leases = jobs.flatMap((job) => job.lease ?? []);
  const stopRenewing = renewLeases(cache, leases);
  const keys = jobs.map(({ load }) => load.key);
  const tick = cache.tick();
  for (const { load } of jobs) load.start(tick, keys);
  for (const key of keys) note(bound, "load", key);
  // Those who waited have been told by then; a loader that hangs must keep neither later callers nor other processes.
  const giveUp = (): void => {
    stopRenewing();
    for (const { load } of jobs) leave(cache, load);
    noteFailure(bound, keys, new LoadTimeoutError(plan.name, timeoutMs as number));
  };
  const cancelTimeout = timeoutMs === null ? null : clock.after(timeoutMs, giveUp);
  const startedAt = clock.now();
  let values: readonly unknown[];
  try {
    const signal = jobs[0]?.load.interest?.signal ?? null;
    values = await run(
      jobs.map((job) => job.missing),
      signal,
    );
  } catch (error) {
    noteFailure(bound, keys, error);
    // On its way before anybody hears of the error, so that who tries again finds no lease in the way. But what is
    // served stale meanwhile is not tried again, by anyone, before the lease ends by itself.
    const released = releaseLeases(cache, jobs[0]?.load.background ? [] : leases);
    for (const job of jobs) fail(cache, job, error);
    return released;
  } finally {
    cancelTimeout?.();
    stopRenewing();
  }
  await finishJobs(bound, self, jobs, values, clock.now() - startedAt);
}

async function finishJobs(
  bound: BoundPlan,
  self: unknown,
  jobs: readonly Job[],
  values: readonly unknown[],
  loadMs: number,
): Promise<void> {
  const { cache, codec } = bound;
  const candidates: Candidate[] = [];
  const unstored: Lease[] = [];
  const results = jobs.map(({ load, lease, versions, fences, missing: { key, args, versionKeys } }, i) => {
    const value = values[i];
    const lifetime = judgeValue(bound, self, key, args, value);
    const payload = lifetime || load.shared ? encode(bound, key, value) : null;
    if (lease && lifetime && payload)
      candidates.push({ lease, args, versionKeys, versions, fences, value, payload, lifetime, loadMs });
    else if (lease) unstored.push(lease);
    return { value, payload, codec };
  });
  // With result tags this takes round trips of its own; else none.
  const writes = bound.plan.resultTags ? await addResultTags(bound, self, candidates) : candidates;
  const dropped = candidates.filter((one) => !writes.some(({ lease }) => lease === one.lease));
  const written = Promise.all([
    store(bound, writes),
    releaseLeases(cache, [...unstored, ...dropped.map(({ lease }) => lease)]),
  ]);
  // The write is on its way, on the connection that later reads use: who comes now need not wait for it.
  jobs.forEach((job, i) => finish(cache, job, results[i] as LoadResult));
  await written;
}

function finish(cache: Cache, { load }: Job, result: LoadResult): void {
  leave(cache, load);
  load.resolve(result);
}

function fail(cache: Cache, { load }: Job, error: unknown): void {
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

import { type BoundPlan } from "./bound-plan";
import { asError, type Cache } from "./cache";
import { CodecError } from "./errors";
import { createStored } from "./entry";
import { randomId } from "./random";

/** A load's value, for those who share it. */
export interface Shared {
  readonly value: unknown;
  /** The encoded value, from which every sharer decodes a copy of its own; null if it was not stored. */
  readonly payload: Buffer | null;
}

/** Nothing was loaded: another process has stored an entry since the caller read. */
export const readAgain = Symbol("read again");

/**
 * One run of a loader for one key, and the callers of this process who wait for it.
 *
 * Only a caller who came before the loader started may take its value: an invalidation
 * may have been acknowledged, by anyone, between the start and a later caller's arrival.
 * Later ones wait until the run has ended and read again.
 */
export class Load {
  readonly key: string;
  /** Settles with the loader's value or error. */
  readonly result: Promise<Shared | typeof readAgain>;
  /** Resolves when `result` has settled and the write, if any, is on its way. Never rejects. */
  readonly ended: Promise<void>;

  #startedAt = Infinity;
  #settle!: { resolve: (result: Shared | typeof readAgain) => void; reject: (error: unknown) => void };
  #end!: () => void;

  constructor(key: string) {
    this.key = key;
    this.result = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.ended = new Promise((resolve) => (this.#end = resolve));
    // Whoever waits gets the rejection; with nobody waiting it must not be unhandled.
    this.result.catch(() => {});
  }

  /** May a caller who arrived at this tick take the value? */
  serves(arrival: number): boolean {
    return arrival < this.#startedAt;
  }

  start(tick: number): void {
    this.#startedAt = tick;
  }

  resolve(result: Shared | typeof readAgain): void {
    this.#settle.resolve(result);
  }

  reject(error: unknown): void {
    this.#settle.reject(error);
  }

  end(): void {
    this.#end();
  }
}

/** What was found at a key that holds nothing usable, and what is needed to load it. */
export interface Missing {
  readonly key: string;
  /** The arguments as templates see them: in a batch they begin with one id. */
  readonly args: ArrayLike<unknown>;
  readonly versionKeys: readonly string[];
  /** The tags' versions as they were read; null where one is missing. Unknown in an outage. */
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
}

/** The right to store at a key, and the versions to store with. */
interface Lease {
  readonly token: Buffer;
  readonly versions: readonly Buffer[];
  stopRenewing: () => void;
}

/** Runs the loader for these arguments' jobs: results in their order. In a batch, several jobs at once. */
export type RunLoader = (missing: readonly Missing[]) => Promise<readonly unknown[]>;

/** How a caller waits for another process's load, in milliseconds: few questions, soon at first. */
const pollDelaysMs = [5, 10, 20, 40, 80, 160, 320, 500];

/**
 * Loads what is missing and returns at once; each `Load` tells its own end. The loader
 * runs once for all keys whose lease could be taken; keys that another process is
 * loading are waited for, at most as long as a lease lasts, then loaded without storing.
 */
export function startLoads(bound: BoundPlan, self: unknown, missing: readonly Missing[], run: RunLoader): Load[] {
  const jobs = missing.map((one) => ({ missing: one, load: new Load(one.key), lease: null }));
  for (const { load } of jobs) bound.cache.loads.set(load.key, load);
  bound.cache.background(loadJobs(bound, self, jobs, run));
  return jobs.map((job) => job.load);
}

async function loadJobs(bound: BoundPlan, self: unknown, jobs: readonly Job[], run: RunLoader): Promise<void> {
  const { leaseMs } = bound.cache.settings;
  const runs: Promise<void>[] = [];
  let waiting = jobs;
  let waitedMs = 0;
  for (let round = 0; waiting.length > 0; round++) {
    const patient = waitedMs < leaseMs;
    const { ready, busy } = await takeLeases(bound, waiting, patient);
    if (ready.length > 0) runs.push(runJobs(bound, self, ready, run));
    waiting = busy;
    if (busy.length === 0) break;
    const delayMs = Math.min(pollDelaysMs[round] ?? 500, leaseMs - waitedMs);
    await pause(bound.cache, delayMs);
    waitedMs += delayMs;
  }
  await Promise.all(runs);
}

/** Sorts jobs into those to load now and those that another holder is loading. */
async function takeLeases(bound: BoundPlan, jobs: readonly Job[], patient: boolean): Promise<{ ready: Job[]; busy: Job[] }> {
  const ready = jobs.filter((job) => job.missing.outage);
  const busy: Job[] = [];
  const asking = jobs.filter((job) => !job.missing.outage);
  if (asking.length === 0) return { ready, busy };
  const tokens = asking.map(() => randomId());
  try {
    const [results, versions] = await Promise.all([
      acquire(bound.cache, asking, tokens),
      completeVersions(bound, asking.map((job) => job.missing)),
    ]);
    for (const [i, result] of results.entries()) {
      const job = asking[i] as Job;
      if (result.status === "acquired") {
        job.lease = createLease(bound.cache, job.load.key, tokens[i] as Buffer, versions[i] as Buffer[]);
        ready.push(job);
      } else if (result.status === "changed") finish(bound.cache, job, readAgain);
      else if (patient) busy.push(job);
      else ready.push(job);
    }
  } catch (error) {
    bound.cache.fault("acquire", asking.map((job) => job.load.key), error);
    ready.push(...asking);
  }
  return { ready, busy };
}

function acquire(cache: Cache, jobs: readonly Job[], tokens: readonly Buffer[]) {
  const { leaseMs } = cache.settings;
  const requests = jobs.map(({ missing: { key, seenId, force } }, i) => ({ key, seenId, force, leaseMs, token: tokens[i] as Buffer }));
  return cache.ask("acquire", requests.map((request) => request.key), (backend) => backend.acquire(requests));
}

/** The versions that were read, and new ones where none stood: before the loader runs, for only so can a later invalidation show. */
async function completeVersions(bound: BoundPlan, missing: readonly Pick<Missing, "versionKeys" | "versions">[]): Promise<Buffer[][]> {
  const absent = new Set(missing.flatMap(({ versionKeys, versions }) => versionKeys.filter((_, i) => !versions[i])));
  const made = await ensureVersions(bound, [...absent]);
  return missing.map(({ versionKeys, versions }) => versionKeys.map((key, i) => versions[i] ?? (made.get(key) as Buffer)));
}

export async function ensureVersions({ cache, ttlMs }: BoundPlan, keys: readonly string[]): Promise<Map<string, Buffer>> {
  if (keys.length === 0) return new Map();
  // Long enough for the entry that is loaded now; every write makes it last longer.
  const requests = keys.map((key) => ({ key, version: randomId(), ttlMs: 2 * ttlMs + cache.settings.leaseMs }));
  const versions = await cache.ask("ensureVersions", keys, (backend) => backend.ensureVersions(requests));
  return new Map(keys.map((key, i) => [key, versions[i] as Buffer]));
}

async function runJobs(bound: BoundPlan, self: unknown, jobs: readonly Job[], run: RunLoader): Promise<void> {
  const { cache, plan } = bound;
  const tick = cache.tick();
  for (const { load } of jobs) {
    load.start(tick);
    cache.emit({ type: "load", name: plan.name, key: load.key });
  }
  let values: readonly unknown[];
  try {
    values = await run(jobs.map((job) => job.missing));
  } catch (error) {
    // On its way before anybody hears of the error, so that who tries again finds no lease in the way.
    const released = release(cache, jobs);
    for (const job of jobs) fail(cache, job, error);
    await released;
    return;
  }
  const payloads = jobs.map((job, i) => payloadToStore(bound, self, job.load.key, job.missing.args, values[i]));
  const write = storeJobs(bound, jobs, values, payloads);
  // The write is on its way, on the connection that later reads use: who comes now need not wait for it.
  jobs.forEach((job, i) => finish(cache, job, { value: values[i], payload: payloads[i] ?? null }));
  await write;
}

/** The encoded value, or null if it is not to be stored. */
export function payloadToStore(bound: BoundPlan, self: unknown, key: string, args: ArrayLike<unknown>, value: unknown): Buffer | null {
  const { plan, cache, codec } = bound;
  try {
    if (plan.when && !plan.when.apply(self, [value, ...Array.from(args)])) {
      cache.emit({ type: "skip", name: plan.name, key });
      return null;
    }
    return codec.encode(value);
  } catch (error) {
    const message = `The result of ${plan.name} could not be prepared for storing: ${asError(error).message}`;
    cache.emit({ type: "unusable", name: plan.name, key, error: new CodecError(message, key, { cause: error }) });
    return null;
  }
}

/** One value that a holder of a lease wants stored. */
export interface Write {
  readonly key: string;
  readonly lease: Pick<Lease, "token" | "versions">;
  readonly versionKeys: readonly string[];
  readonly value: unknown;
  readonly payload: Buffer;
}

/** Stores what leases still permit. A fault is an event. */
export async function store({ plan, cache, ttlMs, nullTtlMs }: BoundPlan, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  const keys = writes.map((write) => write.key);
  const requests = writes.map(({ key, lease, versionKeys, value, payload }) => ({
    key,
    token: lease.token,
    bytes: createStored(randomId(), lease.versions, payload),
    ttlMs: value == null ? nullTtlMs : ttlMs,
    versionKeys,
  }));
  try {
    const stored = await cache.ask("write", keys, (backend) => backend.write(requests));
    keys.forEach((key, i) => cache.emit({ type: stored[i] ? "store" : "drop", name: plan.name, key }));
  } catch (error) {
    cache.fault("write", keys, error);
  }
}

async function storeJobs(bound: BoundPlan, jobs: readonly Job[], values: readonly unknown[], payloads: readonly (Buffer | null)[]): Promise<void> {
  const writes: Write[] = [];
  const unstored: Job[] = [];
  jobs.forEach((job, i) => {
    const payload = payloads[i];
    const { lease } = job;
    lease?.stopRenewing();
    if (lease && payload) writes.push({ key: job.load.key, lease, versionKeys: job.missing.versionKeys, value: values[i], payload });
    else unstored.push(job);
  });
  await Promise.all([store(bound, writes), release(bound.cache, unstored)]);
}

/** Lets others load what was not stored. What can't be released ends with its time. */
async function release(cache: Cache, jobs: readonly Job[]): Promise<void> {
  const requests = jobs.flatMap(({ load: { key }, lease }) => {
    lease?.stopRenewing();
    return lease ? [{ key, token: lease.token }] : [];
  });
  if (requests.length > 0) await releaseLeases(cache, requests);
}

export async function releaseLeases(cache: Cache, requests: readonly { key: string; token: Buffer }[]): Promise<void> {
  const keys = requests.map((request) => request.key);
  try {
    await cache.ask("release", keys, (backend) => backend.release(requests));
  } catch (error) {
    cache.fault("release", keys, error);
  }
}

/** A lease that is renewed, every third of its time, until it is told to stop or is lost. */
export function createLease(cache: Cache, key: string, token: Buffer, versions: readonly Buffer[]): Lease {
  const { leaseMs, clock } = cache.settings;
  let cancel: () => void;
  const renewLater = (): void => {
    cancel = clock.after(leaseMs / 3, () => {
      cache.ask("renew", [key], (backend) => backend.renew([{ key, token, leaseMs }])).then(
        ([stands]) => stands && cancel !== stopped && renewLater(),
        // The lease runs out, and the write is dropped: a reload, nothing worse.
        (error: unknown) => cache.fault("renew", [key], error),
      );
    });
  };
  renewLater();
  return {
    token,
    versions,
    stopRenewing: () => {
      cancel();
      cancel = stopped;
    },
  };
}

const stopped = (): void => {};

function finish(cache: Cache, { load }: Job, result: Shared | typeof readAgain): void {
  cache.loads.delete(load.key);
  load.resolve(result);
  load.end();
}

function fail(cache: Cache, { load }: Job, error: unknown): void {
  cache.loads.delete(load.key);
  load.reject(error);
  load.end();
}

function pause(cache: Cache, ms: number): Promise<void> {
  return new Promise((resolve) => cache.settings.clock.after(ms, resolve));
}

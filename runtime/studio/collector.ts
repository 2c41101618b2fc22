import { type Cache } from "../cache/cache";
import { type Counters } from "../cache/counters";
import { type Load } from "../cache/load";
import { type Miss, type Observer, type Work } from "../cache/observer";
import { registry } from "../cache/registry";
import { type CacheEvent } from "../events";
import { EventTail } from "./event-tail";
import { FunctionRecord } from "./function-record";
import { HitSample } from "./hit-sample";
import { KeyHistory } from "./key-history";
import { LoadSpans } from "./load-spans";
import { RecentMisses } from "./recent-misses";
import { RefreshableCalls } from "./refreshable-calls";
import { type CacheReport, type FunctionReport, type ProcessReport } from "./report";
import { shorten } from "./shorten";

/** One call in this many is timed. */
const timedShare = 128;
/** The largest number of functions. Those that come later are counted by `stats()` only. */
const mostFunctions = 5_000;
/** A program with many functions reports fewer keys of each. */
const mostHotKeys = 2_000;
const mostHotKeysEach = 20;
const longestKey = 1_024;

/** What is known about one cache. */
interface CacheRecord {
  cache: Cache;
  readonly history: KeyHistory;
  faults: number;
  late: number;
}

/**
 * Observes everything that the caches of this process do, in bounded memory, and makes reports of
 * it.
 */
export class Collector implements Observer {
  readonly refreshable = new RefreshableCalls();
  readonly #caches = new Map<string, CacheRecord>();
  readonly #functions = new Map<string, FunctionRecord>();
  readonly #events = new EventTail();
  readonly #misses = new RecentMisses();
  readonly #spans = new LoadSpans();
  readonly #onConfigured: () => void;
  readonly #hits = new HitSample();
  #calls = 0;

  /** @param onConfigured is called after a cache was set up */
  constructor(onConfigured: () => void) {
    this.#onConfigured = onConfigured;
    for (const cache of registry.caches.values()) this.#add(cache);
  }

  configured(cache: Cache): void {
    const known = this.#caches.get(cache.name);
    if (known) known.cache = cache;
    else this.#add(cache);
    this.#onConfigured();
  }

  #add(cache: Cache): void {
    this.#caches.set(cache.name, { cache, history: new KeyHistory(), faults: 0, late: 0 });
  }

  hit(cache: Cache, name: string, key: string): void {
    const weight = this.#hits.weigh();
    if (weight === 0) return;
    const known = this.#functionOf(name, cache.name);
    known?.seen(key, weight);
    const now = cache.settings.clock.now();
    const age = this.#caches.get(cache.name)?.history.age(key, now) ?? null;
    if (age !== null) known?.hitAtAge(age, weight);
    this.#events.many("hit", cache.name, name, key, weight, now);
  }

  happened(cacheName: string, event: CacheEvent): void {
    const record = this.#caches.get(cacheName);
    if (!record) return;
    const { cache, history } = record;
    const now = (): number => cache.settings.clock.now();
    switch (event.type) {
      case "stale":
      case "miss":
        this.#functionOf(event.name, cacheName)?.seen(event.key, 1);
        break;
      case "invalidate":
        if ("tag" in event) history.invalidatedTag(event.tag, now());
        else history.invalidatedKey(event.key, now());
        break;
      case "fault":
        record.faults++;
        if (isLate(event.error)) record.late++;
        break;
      default:
    }
    this.#events.add(event, cacheName, now);
  }

  #functionOf(name: string, cache: string): FunctionRecord | null {
    let known = this.#functions.get(name);
    if (known) return known;
    if (this.#functions.size >= mostFunctions) return null;
    this.#functions.set(name, (known = new FunctionRecord(name, cache)));
    return known;
  }

  reset(name: string, counters: Readonly<Counters>): void {
    this.#functionOf(name, registry.defaultName)?.reset(counters);
  }

  draws(): boolean {
    return this.#calls++ % timedShare === 0;
  }

  answered(name: string, ms: number): void {
    this.#functions.get(name)?.hits.add(ms);
  }

  missed({ cache, name, key, reason, tag }: Miss): void {
    this.#functionOf(name, cache)?.missed(reason);
    const record = this.#caches.get(cache);
    if (!record) return;
    const at = record.cache.settings.clock.now();
    const miss = {
      at,
      name,
      key: shorten(key, longestKey),
      reason,
      tag: tag === null ? null : shorten(tag, longestKey),
    };
    this.#misses.add({ ...miss, detail: record.history.explain({ ...miss, key, tag }) });
  }

  started(work: Work): void {
    const { plan, cache, loads } = work;
    const at = cache.settings.clock.now();
    this.#functionOf(plan.name, cache.name);
    for (const load of loads) this.#spans.start(load, plan.name, at);
    this.refreshable.add(work);
  }

  joined(load: Load): void {
    this.#spans.join(load, this.#now(load));
  }

  waited(cache: Cache, name: string, key: string): void {
    this.#events.many("wait", cache.name, name, key, 1, cache.settings.clock.now());
  }

  returned(loads: readonly Load[]): void {
    const [first] = loads as [Load];
    const ms = this.#spans.elapsed(first);
    const name = this.#spans.nameOf(first);
    if (ms !== null && name !== null) this.#functions.get(name)?.loaded(loads.length, ms);
  }

  stored(load: Load, payload: Buffer | string, ttlMs: number): void {
    const name = this.#spans.nameOf(load);
    const known = name === null ? undefined : this.#functions.get(name);
    const history = this.#caches.get(load.run.cache)?.history;
    if (!known || !history) return;
    known.sizes.add(Buffer.byteLength(payload));
    const reload = history.stored(load.key, payload, ttlMs, this.#now(load));
    if (reload !== null) known.reloads[reload]++;
  }

  ended(loads: readonly Load[], hasFailed: boolean): void {
    for (const load of loads) {
      const outcome = hasFailed ? "failed" : outcomes[load.fate];
      this.#spans.end(load, outcome, this.#now(load));
    }
  }

  ranAlone(name: string, count: number, ms: number): void {
    this.#functions.get(name)?.loaded(count, ms);
  }

  #now(load: Load): number {
    return (this.#caches.get(load.run.cache)?.cache.settings.clock ?? Date).now();
  }

  /** Returns what has happened since the last report, and what has been counted since the start. */
  report(process: ProcessReport["process"], at: number, paused: boolean): ProcessReport {
    const { items: events, leftOut } = this.#events.take(this.#hits.restart());
    return {
      format: 1,
      process,
      at,
      paused,
      caches: Array.from(this.#caches.values(), reportOf),
      functions: this.#reportFunctions(),
      events,
      leftOut,
      misses: this.#misses.take(),
      loads: this.#spans.take(),
    };
  }

  #reportFunctions(): readonly FunctionReport[] {
    const mostKeys = Math.min(
      mostHotKeysEach,
      Math.floor(mostHotKeys / Math.max(this.#functions.size, 1)),
    );
    return Array.from(registry.accounts, ([name, { counters }]) =>
      this.#functionOf(name, registry.defaultName)?.report(counters, mostKeys),
    ).filter((report) => report !== undefined);
  }
}

const outcomes = {
  stored: "stored",
  dropped: "dropped",
  unstored: "skipped",
} as const satisfies Record<Load["fate"], string>;

/**
 * Whether the store has not answered in time. Such an error has no cause, because the store gave no
 * answer.
 */
function isLate({ message, cause }: Error): boolean {
  return cause === undefined && message.includes(" did not answer within ");
}

function reportOf({ cache, faults, late }: CacheRecord): CacheReport {
  const { name, settings, breakerState, inFlight, loads } = cache;
  const inspector = cache.inspector;
  return {
    name,
    backend: settings.backend.name,
    namespace: settings.namespace,
    breaker: breakerState,
    inFlight,
    loading: loads.size,
    faults,
    late,
    memory: inspector?.memory?.() ?? null,
    tier: inspector?.tier?.() ?? null,
  };
}

import { type BreakerState, type MissReason } from "../events";

export type { MissReason };

/** The upper bounds of the ages that hits are counted by, in milliseconds. One more group has none. */
export const ageBounds: readonly number[] = [1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000];

/**
 * What one process tells Studio of itself, once a second: plain data that survives JSON. Counts grow
 * from the start of the process on, and never go back; whoever reads reports takes differences.
 */
export interface ProcessReport {
  /** The shape of reports. A reader leaves reports of another number alone. */
  readonly format: 1;
  readonly process: ProcessIdentity;
  /** When it was made, in milliseconds since the epoch by this process's clock. */
  readonly at: number;
  /** The cache of this process is switched off by a person in front of Studio. */
  readonly paused: boolean;
  readonly caches: readonly CacheReport[];
  readonly functions: readonly FunctionReport[];
  /** What happened since the last report, oldest first; bounded, and sampled where hits are many. */
  readonly events: readonly StudioEvent[];
  /** How many events since the last report are not in `events`, because they were too many. */
  readonly leftOut: number;
  /** The last misses since the last report, with their reasons, oldest first; bounded. */
  readonly misses: readonly MissReport[];
  /** Loads that began or ended since the last report; bounded. */
  readonly loads: readonly LoadSpan[];
}

export interface ProcessIdentity {
  /** Random, for each start of a process. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** What tells it from others: the main script's name, or `configure({ studio: { name } })`. */
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly node: string;
  readonly zcache: string;
}

export interface CacheReport {
  /** The name given to `configure`; "default" without one. */
  readonly name: string;
  /** "memory", "redis", "tiered" … */
  readonly backend: string;
  readonly namespace: string | null;
  readonly breaker: BreakerState;
  /** Operations of the backend that are under way. */
  readonly inFlight: number;
  /** Loads that are under way in this process. */
  readonly loading: number;
  /** Operations that failed, and those of them that were later than their deadline. */
  readonly faults: number;
  readonly late: number;
  /** Of a memory backend or a tier; null where nothing is kept in this process. */
  readonly memory: { readonly entries: number; readonly bytes: number; readonly maxBytes: number } | null;
  /** The memory tier's stream of invalidations; null without a tier. */
  readonly tier: { readonly state: "live" | "partial" | "bypassed"; readonly lagMs: number | null } | null;
}

/** Counts of one annotated function in one process. */
export interface FunctionCounts {
  readonly hit: number;
  readonly stale: number;
  readonly miss: number;
  readonly share: number;
  readonly load: number;
  readonly error: number;
  readonly store: number;
  readonly drop: number;
  readonly skip: number;
  readonly invalidate: number;
  readonly unusable: number;
  readonly readBytes: number;
  readonly storedBytes: number;
  readonly verified: number;
  readonly diverged: number;
  /** Milliseconds that loaders took, of how many loads that were timed. */
  readonly loadMs: number;
  readonly timedLoads: number;
}

export interface FunctionReport {
  /** `module.Class.function` */
  readonly name: string;
  /** The name of its cache. */
  readonly cache: string;
  readonly counts: FunctionCounts;
  /** How long a sample of its calls took that ran no loader of their own, and all of its loads. */
  readonly hits: LatencyReport | null;
  readonly loads: LatencyReport | null;
  /** Sizes of stored payloads, in bytes. */
  readonly sizes: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** The keys that are asked for most, by a bounded sketch: counts are at most `error` too high. */
  readonly hottest: readonly HotKey[];
  /** How many different keys were seen, estimated. */
  readonly keys: number;
  /** Of loads whose key had been loaded before: how many gave the same bytes as the last time. */
  readonly reloads: { readonly same: number; readonly changed: number };
  /**
   * A sample of its hits by the age of the entry, from 0 to less than each bound in turn (1 s, 10 s, 1 min, 10 min, 1
   * h, 1 d, longer); keys whose storing this process saw.
   */
  readonly hitsByAge: readonly number[];
  /** Misses by why. */
  readonly missReasons: Readonly<Partial<Record<MissReason, number>>>;
}

export interface LatencyReport {
  readonly count: number;
  /** Milliseconds. */
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface HotKey {
  readonly key: string;
  readonly count: number;
  readonly error: number;
}

export interface MissReport {
  readonly at: number;
  readonly name: string;
  readonly key: string;
  readonly reason: MissReason;
  /** The tag whose version is another one, where that is the reason. */
  readonly tag: string | null;
  /** How this process saw the key or the tag end, if it did: "invalidated 2.1 s before", in words. */
  readonly detail: string | null;
}

/** One run of a loader for a key. */
export interface LoadSpan {
  /** Unique in its process. */
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly startedAt: number;
  /** Null while it is under way. */
  readonly endedAt: number | null;
  readonly outcome: "stored" | "dropped" | "skipped" | "failed" | null;
  /** A refresh behind a stale or early hit, for which nobody waits. */
  readonly background: boolean;
  /** When callers joined it: their number is that of calls that single flight spared. */
  readonly joined: readonly number[];
}

/** An event of `subscribe`, as plain data. */
export interface StudioEvent {
  readonly at: number;
  readonly type: string;
  readonly cache: string;
  readonly name: string | null;
  /** The key or the tag; several are cut after the first few. */
  readonly keys: readonly string[];
  /** The message of an error, or what else there is to say. */
  readonly text: string | null;
}

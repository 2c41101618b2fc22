import { type Latency } from "../cache/latency";
import { type BreakerState, type MissReason } from "../events";

export type { MissReason };

/**
 * The upper bounds of the groups of ages that hits are counted in, in milliseconds. The last group
 * has no bound.
 */
export const ageBounds: readonly number[] = [1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000];

/**
 * What one process reports to Studio about itself once a second: plain data that survives JSON.
 * Counts only grow, from the start of the process; readers of reports take differences.
 */
export interface ProcessReport {
  /** The version of a report's shape. A reader ignores reports with another number. */
  readonly format: 1;
  readonly process: ProcessIdentity;
  /** When it was made, in milliseconds since the epoch by this process's clock. */
  readonly at: number;
  /** Whether a user of Studio has switched off the caches of this process. */
  readonly paused: boolean;
  readonly caches: readonly CacheReport[];
  readonly functions: readonly FunctionReport[];
  /**
   * The events since the last report, oldest first. Their number is limited, and hits are sampled
   * if there are many.
   */
  readonly events: readonly StudioEvent[];
  /** How many events since the last report are not in `events`, because there were too many. */
  readonly leftOut: number;
  /**
   * The last misses since the last report with their reasons, oldest first. Their number is
   * limited.
   */
  readonly misses: readonly MissReport[];
  /** Loads that began or ended since the last report. Their number is limited. */
  readonly loads: readonly LoadSpan[];
}

export interface ProcessIdentity {
  /** A random text that is new for each start of a process. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /**
   * The name that distinguishes it from others: the main script's, or that of `configure({ studio:
   * { name } })`.
   */
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly node: string;
  readonly zcache: string;
}

export interface CacheReport {
  /** The name given to `configure`, or "default". */
  readonly name: string;
  /** "memory", "redis", "tiered" … */
  readonly backend: string;
  readonly namespace: string | null;
  readonly breaker: BreakerState;
  /** How many operations of the backend are under way. */
  readonly inFlight: number;
  /** How many loads are under way in this process. */
  readonly loading: number;
  /** How many operations failed, and how many of those missed their deadline. */
  readonly faults: number;
  readonly late: number;
  /** The memory of a memory backend or a tier. It is null if nothing is kept in this process. */
  readonly memory: {
    readonly entries: number;
    readonly bytes: number;
    readonly maxBytes: number;
  } | null;
  /** The memory tier's stream of invalidations, or null if there is no tier. */
  readonly tier: {
    readonly state: "live" | "partial" | "bypassed";
    readonly lagMs: number | null;
  } | null;
}

/** The counts of one annotated function in one process. */
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
  /** The milliseconds that loaders took, and how many loads were timed. */
  readonly loadMs: number;
  readonly timedLoads: number;
}

export interface FunctionReport {
  /** `module.Class.function` */
  readonly name: string;
  /** The name of its cache. */
  readonly cache: string;
  readonly counts: FunctionCounts;
  /** How long its calls took: a sample of those that ran no loader of their own, and all loads. */
  readonly hits: Latency | null;
  readonly loads: Latency | null;
  /** Sizes of stored payloads, in bytes. */
  readonly sizes: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** The keys that are requested most, by a bounded sketch. Counts are at most `error` too high. */
  readonly hottest: readonly HotKey[];
  /** An estimate of how many different keys were seen. */
  readonly keys: number;
  /**
   * Loads whose key had been loaded before, and how many of them gave the same bytes as the last
   * time.
   */
  readonly reloads: { readonly same: number; readonly changed: number };
  /**
   * A sample of its hits by the age of the entry, in groups below each bound in turn (1 s, 10 s, 1
   * min, 10 min, 1 h, 1 d, longer). It has only keys that this process saw being stored.
   */
  readonly hitsByAge: readonly number[];
  /** Misses by reason. */
  readonly missReasons: Readonly<Partial<Record<MissReason, number>>>;
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
  /** The tag whose version differs, if that is the reason. */
  readonly tag: string | null;
  /** How the key or the tag ended, in words, if this process saw it: "invalidated 2.1 s before". */
  readonly detail: string | null;
}

/** One run of a loader for a key. */
export interface LoadSpan {
  /** Unique in its process. */
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly startedAt: number;
  /** It is null while the load is under way. */
  readonly endedAt: number | null;
  readonly outcome: "stored" | "dropped" | "skipped" | "failed" | null;
  /** Whether it is a reload behind a stale or early hit, for which no caller waits. */
  readonly background: boolean;
  /** When callers joined it. Their number is the number of loads that single flight saved. */
  readonly joined: readonly number[];
}

/** An event of `subscribe`, as plain data. */
export interface StudioEvent {
  readonly at: number;
  readonly type: string;
  readonly cache: string;
  readonly name: string | null;
  /** The key or the tag. If there are several, only the first few are listed. */
  readonly keys: readonly string[];
  /** The message of an error, or other details. */
  readonly text: string | null;
}

/**
 * What a person who looks at a store needs beyond what a cache needs: times to live, a walk over
 * keys, and the reports that processes leave for Studio. Each call that answers with a promise is one round trip
 * to each server, and rejects when the store could not be asked. Nothing stands in front of it: whoever calls it sets a
 * deadline.
 */
export interface Inspector {
  /** Milliseconds that the key still lives; null if there is no such key, Infinity if it has no end. */
  ttl(key: string): Promise<number | null>;

  /**
   * One small step over all keys: those that begin with the prefix, out of about `count` that are looked at. A cursor
   * of null begins, and ends, the walk. Keys may come twice.
   */
  scan(cursor: string | null, prefix: string, count: number): Promise<ScanStep>;

  /** How many keys the store holds, or null if it doesn't say. */
  keyCount(): Promise<number | null>;

  /** Leaves a report, so that `reports` finds it for `ttlMs`. */
  putReport(process: string, report: string, ttlMs: number): Promise<void>;

  /** The reports that processes have left, by process. Old ones are left out. */
  reports(): Promise<ReadonlyMap<string, string>>;

  /** How full the memory is that this process keeps entries in: left out where it keeps none. */
  memory?(): MemoryUse;

  /** The memory tier's stream of invalidations: left out where there is no tier. */
  tier?(): TierUse;
}

export interface ScanStep {
  readonly cursor: string | null;
  readonly keys: readonly string[];
}

export interface MemoryUse {
  readonly entries: number;
  readonly bytes: number;
  readonly maxBytes: number;
}

export interface TierUse {
  readonly state: "live" | "partial" | "bypassed";
  /** How old the newest proof is that every invalidation has arrived; null while there is none. */
  readonly lagMs: number | null;
}

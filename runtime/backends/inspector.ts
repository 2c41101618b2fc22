/**
 * What a person who looks at a store needs beyond what a cache needs: times to live, a walk over
 * keys, and the reports that processes leave for Studio. Each call that answers with a promise is
 * one round trip to each server, and rejects when the store could not be asked. There is no guard
 * in front of it, so its callers set their own deadlines.
 */
export interface Inspector {
  /**
   * Returns how many milliseconds the key still lives: null if there is no such key, Infinity if it
   * never expires.
   */
  ttl(key: string): Promise<number | null>;

  /**
   * Makes one small step over all keys: it looks at about `count` of them, and returns those that
   * begin with the prefix. A cursor of null begins the walk, and also ends it. A key may be
   * returned twice.
   */
  scan(cursor: string | null, prefix: string, count: number): Promise<ScanStep>;

  /** Returns how many keys the store holds, or null if the store doesn't say. */
  keyCount(): Promise<number | null>;

  /** Leaves a report, so that `reports` finds it for `ttlMs`. */
  putReport(process: string, report: string, ttlMs: number): Promise<void>;

  /** Returns the reports that processes have left, by process, without old ones. */
  reports(): Promise<ReadonlyMap<string, string>>;

  /**
   * How full this process's own memory for entries is. It is left out if there is no such memory.
   */
  memory?(): MemoryUse;

  /** The memory tier's stream of invalidations. It is left out if there is no tier. */
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
  /**
   * The age of the newest proof that every invalidation has arrived, or null while there is none.
   */
  readonly lagMs: number | null;
}

/**
 * What a person who looks at a store needs beyond what a cache needs: times to live, a walk over
 * keys, and the reports that processes leave for Studio. Each call is one round trip.
 */
export interface Inspector {
  /** Milliseconds that the key still lives; null if there is no such key, Infinity if it has no end. */
  ttl(key: string): Promise<number | null>;

  /**
   * One small step over all keys: those that begin with the prefix, out of about `count` that are looked at. A cursor of null
   * begins, and ends, the walk. Keys may come twice.
   */
  scan(cursor: string | null, prefix: string, count: number): Promise<{ cursor: string | null; keys: string[] }>;

  /** How many keys the store holds, or null if it doesn't say. */
  keyCount(): Promise<number | null>;

  /** Leaves a report, so that `reports` finds it for `ttlMs`. */
  putReport(process: string, report: string, ttlMs: number): Promise<void>;

  /** The reports that processes have left, by process. Old ones are left out. */
  reports(): Promise<ReadonlyMap<string, string>>;
}

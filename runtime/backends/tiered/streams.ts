import type { Clock } from "../../clock";
import type { Voucher } from "../memory-backend";

/**
 * live: every invalidation is certain to arrive. bypassed: it is not, and memory is out of use.
 * partial: in a Cluster, memory is in use for the keys of some nodes.
 */
export type TierState = "live" | "partial" | "bypassed";

/**
 * The streams that report changes in Redis to a memory tier: one for a single server, or one for
 * each master of a Cluster.
 */
export interface Streams {
  readonly state: TierState;
  /**
   * Returns the age of the newest proof that every invalidation has arrived, for the stream that
   * lags most, or null if there is none.
   */
  readonly lagMs: number | null;
  /**
   * Returns the claims that vouch for the answer to a read that is sent now, or null if nothing
   * vouches for it, so that it must not be kept.
   * @param now the time by the streams' clock
   */
  vouch(key: string, now: number): Voucher | null;
  close(): void;
}

export interface StreamsOptions {
  /** The prefixes of the keys to track, without the client's keyPrefix. */
  readonly prefixes: readonly string[];
  readonly maxLagMs: number;
  /** A clock that is never set back, and that also advances while the machine sleeps. */
  readonly clock: Clock;
  readonly onInvalidated: (key: string) => void;
  readonly onStateChange: (state: TierState, cause: Error | null) => void;
}

import type { Clock } from "../../clock";
import type { Voucher } from "../memory-backend";

/**
 * live: every invalidation is certain to arrive. bypassed: it is not, and memory is out of use. partial: in a Cluster,
 * memory is in use for the keys of some nodes.
 */
export type TierState = "live" | "partial" | "bypassed";

/** The streams that report to a memory tier what changes in Redis: one of a single server, or one of each master. */
export interface Streams {
  readonly state: TierState;
  /**
   * How old the newest proof is that every invalidation has arrived, of the stream that lags most; null without one.
   */
  readonly lagMs: number | null;
  /**
   * Returns who vouches for what a read that is sent now brings, or null if nobody does, and it must not be kept.
   * @param now the time by the streams' clock
   */
  vouch(key: string, now: number): Voucher | null;
  close(): void;
}

export interface StreamsOptions {
  /** The prefixes of the keys to track, without the client's keyPrefix. */
  readonly prefixes: readonly string[];
  readonly maxLagMs: number;
  /** A clock that is never set back, and that continues while the machine sleeps. */
  readonly clock: Clock;
  readonly onInvalidated: (key: string) => void;
  readonly onStateChange: (state: TierState, cause: Error | null) => void;
}

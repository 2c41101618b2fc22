/** A run records this. Times are of the machine's monotonic clock, in milliseconds. */

/** The functions of `worker/shop.ts`, each with entries of its own. */
export type Surface = "plain" | "tagged" | "pair" | "batch" | "kept" | "outdated" | "named";

/** One call. It began before anything was sent, and ended when the caller had its value. */
export interface Read {
  readonly worker: number;
  readonly surface: Surface;
  readonly beganAt: number;
  readonly endedAt: number;
  readonly cells: readonly number[];
  /** What the call returned: the version of each of the cells. */
  readonly versions: readonly number[];
  /**
   * For each value that it returned: the versions that it was made of, and the caller that it was
   * loaded for.
   */
  readonly origins: readonly Origin[];
}

export interface Origin {
  readonly cells: readonly number[];
  /** The ids of the caller in whose context the loader ran. */
  readonly askedFor: readonly number[];
}

/**
 * An acknowledged invalidation or refresh of cells that had been changed in the database before it
 * began.
 */
export interface Write {
  readonly worker: number;
  /** It invalidates the entries of these functions. */
  readonly surfaces: readonly Surface[];
  readonly beganAt: number;
  readonly acknowledgedAt: number;
  readonly cells: readonly number[];
  /** No caller may get lower versions than these from now on. */
  readonly versions: readonly number[];
  /** Whether a replica had it (`WAIT 1`), on the connection that had acknowledged it. */
  readonly replicated: boolean;
}

export interface History {
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
}

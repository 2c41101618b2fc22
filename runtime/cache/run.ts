import { type AsyncLocalStorage } from "node:async_hooks";

/**
 * Loads that were begun together, by a call, a batch, a refresh or in the background, and the code that their loader runs.
 * A loader may call cached functions. Such a call must not wait for a load that waits, itself or through others, for
 * this very loader: neither would ever end. It runs its own loader then, as the plain program does.
 *
 * Plain data, because copies of zcache in one process share their loads.
 */
export interface Run {
  /** The name of the cache whose keys these are. */
  readonly cache: string;
  readonly keys: ReadonlySet<string>;
  /** The run whose loader has begun this one and waits for it; null where there is none. */
  readonly parent: Run | null;
  /** The runs whose loads this run's loader waits for, each with the number of waits. */
  readonly waitsFor: Map<Run, number>;
  /** How many of its loads have not ended. */
  open: number;
}

/** What the copies of zcache in one process share about runs. */
export interface Runs {
  /** Says which run the current code belongs to; null until a loader runs for the first time. */
  storage: AsyncLocalStorage<Run> | null;
  /** How many have loads that have not ended. */
  underWay: number;
}

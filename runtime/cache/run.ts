import { type ContextStorage } from "../user-code/context-storage";

/**
 * Loads that were begun together, by a call, a batch, a refresh or in the background, and the code
 * that their loader runs.
 * A loader may call cached functions. Such a call must not wait for a load that waits, directly or
 * through others, for this very loader, because neither would ever end. It then runs its own
 * loader, as the plain program does.
 *
 * It is plain data, because copies of zcache in one process share their loads.
 */
export interface Run {
  /** The name of the cache that these keys belong to. */
  readonly cache: string;
  readonly keys: ReadonlySet<string>;
  /** The run whose loader has begun this one and waits for it, or null if there is none. */
  readonly parent: Run | null;
  /**
   * The runs whose loads this run's loader waits for, each with the number of waits; null until it
   * waits for one.
   */
  waitsFor: Map<Run, number> | null;
  /** The number of its loads that have not ended. */
  open: number;
}

/**
 * The state about runs that the copies of zcache in one process share: which run the current code
 * belongs to.
 */
export interface Runs extends ContextStorage<Run> {
  /** The number of loaders that are running. */
  underWay: number;
}

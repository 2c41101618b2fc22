import { type Cache } from "./cache";
import { type Counters } from "./counters";
import { type Load } from "./load";
import { type CacheEvent, type MissReason } from "../events";

/** A call that found nothing usable at a key. */
export interface Miss {
  readonly cache: string;
  readonly name: string;
  readonly key: string;
  readonly reason: MissReason;
  /** The tag whose version differs from the entry's, if that is the reason and the tag is known. */
  readonly tag: string | null;
}

/** One run of a loader, and what is needed to run it again. */
export interface Work {
  readonly plan: { readonly name: string };
  readonly cache: Cache;
  readonly loads: readonly Load[];
  /** The annotated function's original body. */
  readonly loader: Function;
  readonly self: unknown;
}

/**
 * The notifications that Studio's agent gets. All of them concern calls that load, rare events, or
 * a sample of calls: nothing is created for each hit. While nobody observes, `registry.observer` is
 * null and nothing is created for it.
 */
export interface Observer {
  /** Called with each event that is not a hit. The listeners of the cache get it as well. */
  happened(cache: string, event: CacheEvent): void;

  /** Called for each hit after it was counted. The observer looks at a sample of them only. */
  hit(cache: Cache, name: string, key: string): void;

  /** Called when a cache was set up, or set up again under its name. */
  configured(cache: Cache): void;

  /** Called before the counters of a function start again from 0. */
  reset(name: string, counters: Readonly<Counters>): void;

  /** Returns whether this call belongs to the sample that is timed. */
  draws(): boolean;

  /**
   * Called when a call of the sample that ran no loader of its own has got its value after this
   * many milliseconds.
   */
  answered(name: string, ms: number): void;

  missed(miss: Miss): void;

  /** Called before the loader runs. */
  started(work: Work): void;

  /** Called when a caller begins to wait for a load that another caller began. */
  joined(load: Load): void;

  /**
   * Called when a caller starts to wait for a load that it can't join: the loader has already
   * started in this process, or another process holds the lease.
   */
  waited(cache: Cache, name: string, key: string): void;

  /** Called when the loader has returned. */
  returned(loads: readonly Load[]): void;

  /** Called when the loader's result was stored, as these bytes or this text, for this long. */
  stored(load: Load, payload: Buffer | string, ttlMs: number): void;

  /**
   * Called when nothing more happens to these loads. Their fate is known unless the loader has
   * failed.
   */
  ended(loads: readonly Load[], hasFailed: boolean): void;

  /**
   * Called when a loader whose result only one caller gets has returned, after this many
   * milliseconds.
   */
  ranAlone(name: string, count: number, ms: number): void;
}

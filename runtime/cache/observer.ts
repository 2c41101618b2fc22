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
  /** The tag whose version is another one than the entry's, where that is the reason and the tag is known. */
  readonly tag: string | null;
}

/** One run of a loader, and what it takes to run it again. */
export interface Work {
  readonly plan: { readonly name: string };
  readonly cache: Cache;
  readonly loads: readonly Load[];
  /** The annotated function's original body. */
  readonly loader: Function;
  readonly self: unknown;
}

/**
 * What Studio's agent is told. All of it is about calls that load, about what is rare, or about a sample of calls: nothing is made
 * for each hit. While nobody observes, `registry.observer` is null and nothing is made for it.
 */
export interface Observer {
  /** An event that is not a hit: listeners of the cache are told of it as well. */
  heard(cache: string, event: CacheEvent): void;

  /** A hit, which is counted already. Only a sample of them is looked at. */
  hit(cache: Cache, name: string, key: string): void;

  /** A cache was set up, or set up again under its name. */
  configured(cache: Cache): void;

  /** The counters of a function are about to begin at 0 again. */
  reset(name: string, counters: Readonly<Counters>): void;

  /** Whether this call is one of the sample that is timed. */
  draws(): boolean;

  /** A call of the sample that ran no loader of its own got its value after so many milliseconds. */
  answered(name: string, ms: number): void;

  missed(miss: Miss): void;

  /** The loader is about to run. */
  started(work: Work): void;

  /** A caller waits for the value of a load that another caller began. */
  joined(load: Load): void;

  /** The loader has returned. */
  returned(loads: readonly Load[]): void;

  /** What the loader returned was stored, as these bytes or this text, for that long. */
  stored(load: Load, payload: Buffer | string, ttlMs: number): void;

  /** Nothing more happens to these loads; their fate is known unless the loader has failed. */
  ended(loads: readonly Load[], hasFailed: boolean): void;

  /** A loader whose result only one caller gets has returned after so many milliseconds. */
  ranAlone(name: string, count: number, ms: number): void;
}

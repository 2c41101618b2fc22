/**
 * Reports what happened to one entry:
 *
 * - `hit`: the entry was returned. `stale`: the entry was returned although its time to live had
 *   ended. `miss`: nothing usable was stored.
 * - `load`: the loader is about to run. `share`: a load by another caller gave this call its value.
 * - `store`: the value was stored. `drop`: it was not stored, because it was invalidated while it
 *   was loaded. `skip`: it was not stored, because of `when` or its own ttl.
 * - `invalidate`: an invalidation by key was carried out.
 */
export interface KeyEvent {
  readonly type:
    "hit" | "stale" | "miss" | "load" | "share" | "store" | "drop" | "skip" | "invalidate";
  /** `module.Class.function` */
  readonly name: string;
  /** The complete key. */
  readonly key: string;
}

/**
 * closed: operations pass. open: no operation passes. half-open: one is under way to see whether
 * the store is back.
 */
export type BreakerState = "closed" | "open" | "half-open";

/**
 * Why nothing usable was stored. absent: there was nothing, because it was never loaded, has
 * expired, was invalidated by its key or was evicted. tag: a tag was invalidated. expired: it is
 * there, but too old. leased: another caller loads it at this moment. held: a transaction writes
 * it. unreadable: its bytes can't be read. unreachable: the backend could not be asked.
 */
export type MissReason =
  "absent" | "tag" | "expired" | "leased" | "held" | "unreadable" | "unreachable";

/**
 * Why a hit differs from what the function returns:
 *
 * - `nondeterministic`: the function differs from itself, run twice in a row.
 * - `incomplete-key`: it differs by caller: by an argument, by `this` or by the async context, and
 *   the key does not contain that.
 * - `no-invalidation`: nothing has invalidated the entry since it was stored.
 * - `lagging-source`: the entry was outdated when it was stored, right after an invalidation, such
 *   as from a replica.
 * - `unknown`: none of these.
 */
export type Divergence =
  "nondeterministic" | "incomplete-key" | "no-invalidation" | "lagging-source" | "unknown";

/**
 * A hit that was verified (`verify`) differs from what the function returns, and still differed
 * after a lag.
 */
export interface DivergedEvent {
  readonly type: "diverged";
  /** `module.Class.function` */
  readonly name: string;
  readonly key: string;
  /** Where the results differ: `.items[3].price`, or "" for the whole result. */
  readonly path: string;
  readonly verdict: Divergence;
  /** Where the program invalidates the entry, according to the lock file: `src/users.ts rename`. */
  readonly places: readonly string[];
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** An event, as listeners get it: `configure({ onEvent })`, or `subscribe`. */
export type CacheEvent =
  | KeyEvent
  /**
   * The loader failed or was too late. Its callers get this error, or a stale value instead. In a
   * batch there are several keys.
   */
  | {
      readonly type: "error";
      readonly name: string;
      readonly keys: readonly string[];
      readonly error: Error;
    }
  /** An invalidation by tag was carried out. */
  | { readonly type: "invalidate"; readonly tag: string }
  /**
   * Stored bytes, a value, or a ttl of the result could not be used. The call is a miss, the value
   * is not stored, or the default ttl applies. Without a key, the call isn't cached, because the
   * class of its receiver has no name.
   */
  | {
      readonly type: "unusable";
      readonly name: string;
      readonly key: string;
      readonly error: Error;
    }
  /**
   * The backend could not be used. Calls continue with the loader's value; invalidations reject.
   */
  | {
      readonly type: "fault";
      readonly operation: string;
      readonly keys: readonly string[];
      readonly error: Error;
    }
  /** The backend is left alone (open), tried (half-open), or in use again (closed). */
  | { readonly type: "breaker"; readonly state: BreakerState; readonly error: Error | null }
  /**
   * `transactional` did something other than what the program says. `refresh`: the refresh became
   * an invalidation and a plain run of the function. `late`: something was invalidated in the
   * context of a transaction that had ended, and was carried out at once. `overdue`: the
   * transaction takes so long that its invalidations are carried out before its commit as well.
   * `unknown-outcome`: it failed, but may have committed, so its invalidations are carried out.
   * Three kinds concern holds. `lapsed`: a hold ran out before its transaction ended. `unheld`: the
   * store could not be asked, and the transaction went on without a hold. `left-held`: a hold could
   * not be ended after the commit, and runs out by itself.
   */
  | {
      readonly type: "transaction";
      readonly what:
        "refresh" | "late" | "overdue" | "unknown-outcome" | "lapsed" | "unheld" | "left-held";
      readonly keys: readonly string[];
      readonly message: string;
    }
  /**
   * After an outage, what could not be invalidated during it has been deleted (`onOutage:
   * "replay"`).
   */
  | { readonly type: "replay"; readonly keys: readonly string[] }
  | DivergedEvent
  /** After an outage, everything stored before has been invalidated (`onOutage: "flush"`). */
  | { readonly type: "flush" };

export type Listener = (event: CacheEvent) => void;

/** A listener of one cache or, with null, of all caches. */
export interface Subscription {
  readonly listener: Listener;
  readonly cache: string | null;
}

/**
 * What happened, for whoever listens (`configure({ onEvent })`). `name` is the function's
 * `module.Class.function`, `key` the complete key.
 */
export type CacheEvent =
  /** hit: a stored value was returned. miss: nothing usable was stored. */
  | { readonly type: "hit" | "miss"; readonly name: string; readonly key: string }
  /** The loader is about to run. */
  | { readonly type: "load"; readonly name: string; readonly key: string }
  /** A load by another caller gave this call its value. */
  | { readonly type: "share"; readonly name: string; readonly key: string }
  /** store: the value was stored. drop: it was invalidated while it was loaded, and not stored. */
  | { readonly type: "store" | "drop"; readonly name: string; readonly key: string }
  /** `when` said no. */
  | { readonly type: "skip"; readonly name: string; readonly key: string }
  /** An invalidation that was carried out. */
  | { readonly type: "invalidate"; readonly name: string; readonly key: string }
  | { readonly type: "invalidate"; readonly tag: string }
  /** Stored bytes, or a value, that the codec could not use: a miss, or not stored. */
  | { readonly type: "unusable"; readonly name: string; readonly key: string; readonly error: Error }
  /** The backend could not be used. Calls go on with the loader's value; invalidations reject. */
  | { readonly type: "fault"; readonly operation: string; readonly keys: readonly string[]; readonly error: Error };

export type Listener = (event: CacheEvent) => void;

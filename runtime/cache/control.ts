/** How annotated functions behave beneath a call of `withCache`. */
export interface Control {
  /**
   * refresh: each call recomputes and stores. bypass: each call runs the function itself, and
   * nothing is read or stored. only: each call returns what is stored, stale or not, or rejects
   * with a `CacheMissError`.
   * @defaultValue none: the usual behaviour
   */
  readonly mode?: "refresh" | "bypass" | "only" | undefined;
  /**
   * When it aborts, each call that still waits rejects with its reason. Loads that others wait for
   * continue.
   */
  readonly signal?: AbortSignal | undefined;
}

/** How annotated functions behave beneath a call of `withCache`. */
export interface Control {
  /**
   * refresh: each call recomputes and stores. bypass: each runs the function itself,
   * nothing is read or stored. only: each gives what is stored, stale or not, or rejects with a `CacheMissError`.
   * @defaultValue none: as always
   */
  readonly mode?: "refresh" | "bypass" | "only" | undefined;
  /** When it aborts, each call that still waits rejects with its reason. Loads that others wait for go on. */
  readonly signal?: AbortSignal | undefined;
}

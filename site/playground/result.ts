/**
 * What the worker makes of a source text, which the page shows. All positions count UTF-16 units
 * from the start of the text.
 */
export interface Result {
  /** The source with the cache in it, or null if nothing in it is cached. */
  readonly emitted: string | null;
  readonly problems: readonly ShownProblem[];
  readonly functions: readonly ShownFunction[];
}

export interface ShownProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly severity: "error" | "hint";
  /** `zcache 990301`, `TypeScript 2322` */
  readonly code: string;
  readonly fixes: readonly ShownFix[];
}

export interface ShownFix {
  readonly description: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface ShownFunction {
  readonly name: string;
  /** `profile(5, "org")` */
  readonly call: string;
  /** It is null if no key can be made of the example's arguments. */
  readonly key: string | null;
  readonly tags: readonly (string | null)[];
  readonly ttl: string | null;
}

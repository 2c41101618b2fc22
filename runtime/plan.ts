/**
 * The shape of what is emitted: the one module that the transformer and the runtime
 * share. The transformer writes object literals of this shape; the runtime reads them.
 */

/** A plan as it stands in emitted code: data, and functions over the target's own parameters. */
export interface Plan {
  /** `module.Class.function`, as in the source: the default key's first part, and the name in events and errors. */
  readonly name: string;
  /** With `texts`, an explicit template; without, the default key over `values`. */
  readonly key: KeyTemplate;
  readonly tags?: readonly Template[];
  readonly namespace?: string;
  /** The fingerprint of what is stored (`version: auto`): part of the key, so that other versions of the code have other entries. */
  readonly version?: string;
  readonly ttlMs?: number;
  readonly nullTtlMs?: number;
  /** How long an entry may be served from a memory tier; 0: never, whatever the cache's default. */
  readonly memoryMs?: number;
  /** Store this result? Called with the result, then the arguments. */
  readonly when?: (this: unknown, result: unknown, ...args: unknown[]) => unknown;
  readonly codec?: string;
  readonly cache?: string;
  /** What a batch loader returns: an array aligned with its ids, or a Map from id to value. */
  readonly batch?: "array" | "map";
  /** A batch takes its ids as rest arguments; false: as an array in the first one. */
  readonly rest?: boolean;
  /** The loader, or a template, reads `this`: operations need the receiver. */
  readonly receiver?: boolean;
}

/** `texts` has one element more than `values` returns. */
export interface Template {
  readonly texts: readonly string[];
  /** The values of the placeholders. In a batch the first argument is one id, not the list. */
  values(this: unknown, ...args: unknown[]): unknown[];
}

export interface KeyTemplate extends Partial<Pick<Template, "texts">> {
  values(this: unknown, ...args: unknown[]): unknown[];
}

/** A hoisted function, so that a plan can be reached before its file has run (circular imports). */
export type PlanSource = () => Plan;

/** The module that emitted code imports. */
export const runtimeModule = "zcache/runtime";

/** What emitted code calls on that module. `transformer/` refers to these names only through this type. */
export type RuntimeFunction =
  "at" | "attach" | "call" | "decorate" | "method" | "object" | "on" | "place" | "privateMethod" | "wrap";

export const codecNames = ["json", "yaml", "structured"] as const;

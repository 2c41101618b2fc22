/**
 * The shape of emitted code: the module that the transformer and the runtime share. The transformer
 * writes object literals of this shape, and the runtime reads them.
 */

/**
 * A plan as it is written in emitted code: data, and functions over the target's own parameters.
 */
export interface Plan {
  /**
   * `module.Class.function`, as in the source. It is the default key's first part, and the name in
   * events and errors.
   */
  readonly name: string;
  readonly key: ArgumentsKey | KeyTemplate;
  readonly tags?: readonly Template[];
  readonly resultTags?: readonly ResultTemplate[];
  readonly namespace?: string;
  /**
   * The fingerprint of what is stored (`version: auto`). It is part of the key, so that other
   * versions of the code have other entries.
   */
  readonly version?: string;
  readonly ttlMs?: number;
  readonly nullTtlMs?: number;
  /**
   * Returns the time to live as a duration made of the result: `"90s"`. It is called with the
   * result, then the arguments.
   */
  readonly ttl?: (this: unknown, result: unknown, ...args: unknown[]) => unknown;
  /** How long after its time to live an entry is still served while it is loaded again. */
  readonly staleMs?: number;
  /** How long after its time to live an entry is still served when the loader fails. */
  readonly staleIfErrorMs?: number;
  /** Weight of the loader's time in the chance of an early refresh; 0 means never early. */
  readonly early?: number;
  /** The part of the time to live, from 0 to 1, by which it may be shortened at random. */
  readonly jitter?: number;
  /** The share of hits that is verified, from 0 to 1. */
  readonly verify?: number;
  /**
   * Whether the loader changes data, as far as its source shows. Then only a caller should cause it
   * to run.
   */
  readonly changesData?: boolean;
  /**
   * How long a caller waits for the loader, or for another's load; 0 means as long as it takes,
   * whatever the cache's default.
   */
  readonly timeoutMs?: number;
  /**
   * How long an entry may be served from a memory tier; 0 means never, whatever the cache's
   * default.
   */
  readonly memoryMs?: number;
  /**
   * Whether nobody changes the result, so that memory hands out one frozen value to all callers.
   */
  readonly share?: boolean;
  /** Whether to store this result. It is called with the result, then the arguments. */
  readonly when?: (this: unknown, result: unknown, ...args: unknown[]) => unknown;
  readonly codec?: string;
  readonly cache?: string;
  /**
   * The form that a batch loader returns: an array aligned with its ids, or a Map from id to value.
   */
  readonly batch?: "array" | "map";
  /**
   * A batch takes its ids as rest arguments if true, and as an array in the first argument if
   * false.
   */
  readonly rest?: boolean;
  /**
   * The index of the argument that is an AbortSignal. It is not part of the key, and ends the wait
   * of its own caller only.
   */
  readonly signal?: number;
  /** The loader, or a template, reads `this`, so operations need the receiver. */
  readonly receiver?: boolean;
  /** The class that declares a loader which reads `this` and has a default key: see receiver.ts. */
  readonly class?: string;
  /**
   * The default key doesn't begin with the name of a package, because there is none: other programs
   * may have the same key.
   */
  readonly nameless?: boolean;
  /** Does what `class` does, for a loader declared in an object literal. */
  readonly literal?: boolean;
  /**
   * Nothing reads this property. It makes a bundler that keeps the plan also keep the call of
   * `attach` that made it.
   */
  readonly attached?: unknown;
}

/**
 * Encodes a value as text.
 * @param ending how the text has to end in an explicit key: see `endingsOf` in key.ts
 */
export type Encode = (value: unknown, ending?: Ending) => string;

/**
 * How a text ends: as it is, before a "-", or in parentheses because the text after it could
 * continue it.
 */
export type Ending = "" | "-" | "()";

export interface Template {
  /** Returns `"user:" + encode(id)`. In a batch the first argument is one id, not the list. */
  text(this: unknown, encode: Encode, ...args: unknown[]): string;
}

/** A default key: the first arguments, encoded as they were passed, with a "-" between them. */
export interface ArgumentsKey {
  readonly arguments: number;
  readonly explicit?: undefined;
}

export interface KeyTemplate extends Template {
  readonly arguments?: undefined;
  /**
   * The key is not a default key, which is made here because some arguments have no place in it, or
   * another value.
   */
  readonly explicit?: true;
}

/**
 * A tag that is made of the result as well: `text` is called with the result before the arguments.
 */
export interface ResultTemplate extends Template {
  /** The text that every such tag begins with, up to its first colon. */
  readonly kind: string;
}

/** A hoisted function, so that a plan is available before its file has run (circular imports). */
export type PlanSource = () => Plan;

/** The module that emitted code imports. */
export const runtimeModule = "zcache/runtime";

/**
 * The functions that emitted code calls on that module. `transformer/` refers to these names only
 * through this type.
 */
export type RuntimeFunction =
  | "at"
  | "attach"
  | "call"
  | "callPlain"
  | "decorate"
  | "literal"
  | "method"
  | "object"
  | "on"
  | "place"
  | "privateMethod"
  | "wrap";

/**
 * The static method by which a class states its name, which is that of the source and which no
 * minifier changes. It is a method because a method is not enumerable, is tree-shaken, and runs
 * nothing when the class is made; a class that inherits it has none of its own.
 */
/** The beginning of the names of classes in a program without a name. */
export const namelessStart = "?.";
export const classNameMember = "zcache.class.1";
export const codecNames = ["json", "yaml", "structured"] as const;

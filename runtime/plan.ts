/**
 * The shape of what is emitted: the one module that the transformer and the runtime
 * share. The transformer writes object literals of this shape; the runtime reads them.
 */

/** A plan as it stands in emitted code: data, and functions over the target's own parameters. */
export interface Plan {
  /** `module.Class.function`, as in the source: the default key's first part, and the name in events and errors. */
  readonly name: string;
  readonly key: ArgumentsKey | KeyTemplate;
  readonly tags?: readonly Template[];
  readonly resultTags?: readonly ResultTemplate[];
  readonly namespace?: string;
  /** The fingerprint of what is stored (`version: auto`): part of the key, so that other versions of the code have other entries. */
  readonly version?: string;
  readonly ttlMs?: number;
  readonly nullTtlMs?: number;
  /** The time to live as a duration, made of the result: `"90s"`. Called with the result, then the arguments. */
  readonly ttl?: (this: unknown, result: unknown, ...args: unknown[]) => unknown;
  /** For this long after its time to live an entry is served while it is loaded again. */
  readonly staleMs?: number;
  /** For this long after its time to live an entry is served when the loader fails. */
  readonly staleIfErrorMs?: number;
  /** Weight of the loader's time in the chance of an early refresh; 0: never early. */
  readonly early?: number;
  /** The part of the time to live, from 0 to 1, by which chance may shorten it. */
  readonly jitter?: number;
  /** Which share of the hits is verified, from 0 to 1. */
  readonly verify?: number;
  /** By what is written in the loader it changes data, so that nothing but a caller should run it. */
  readonly changesData?: boolean;
  /** How long a caller waits for the loader, or for another's load; 0: as long as it takes, whatever the cache's default. */
  readonly timeoutMs?: number;
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
  /** Which argument is an AbortSignal: no part of the key, and ends the wait of its own caller only. */
  readonly signal?: number;
  /** The loader, or a template, reads `this`: operations need the receiver. */
  readonly receiver?: boolean;
  /** A loader that reads `this` under a default key, and the class that declares it: see receiver.ts. */
  readonly class?: string;
  /** A default key that doesn't begin with the name of a package, because there is none: other programs may have the same. */
  readonly nameless?: boolean;
  /** The same as `class`, declared in an object literal. */
  readonly literal?: boolean;
}

/**
 * Makes the text that stands for a value.
 * @param ending in an explicit key, how it has to end: see `endingsOf` in key.ts
 */
export type Encode = (value: unknown, ending?: Ending) => string;

/** As it is; before a "-"; in parentheses, for what follows could go on with it. */
export type Ending = "" | "-" | "()";

export interface Template {
  /** `"user:" + encode(id)`. In a batch the first argument is one id, not the list. */
  text(this: unknown, encode: Encode, ...args: unknown[]): string;
}

/** A default key: the encoded arguments with a "-" between them. The first so many, as they were passed. */
export interface ArgumentsKey {
  readonly arguments: number;
  readonly explicit?: undefined;
}

export interface KeyTemplate extends Template {
  readonly arguments?: undefined;
  /** Not a default key, which this makes where some arguments have no place in it, or another value. */
  readonly explicit?: true;
}

/** A tag made of the result, too: `text` is called with the result before the arguments. */
export interface ResultTemplate extends Template {
  /** What every such tag begins with, up to its first colon. */
  readonly kind: string;
}

/** A hoisted function, so that a plan can be reached before its file has run (circular imports). */
export type PlanSource = () => Plan;

/** The module that emitted code imports. */
export const runtimeModule = "zcache/runtime";

/** What emitted code calls on that module. `transformer/` refers to these names only through this type. */
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
 * The static method by which a class tells its name, that of the source, which no minifier changes. A method, for it is
 * not enumerable, is tree-shaken, and runs nothing when the class is made; a class that inherits it has none of its own.
 */
/** How the names of classes begin in a program without a name. */
export const namelessStart = "?.";
export const classNameMember = "zcache.class.1";
export const codecNames = ["json", "yaml", "structured"] as const;

/**
 * Lists every option in one table, which the directive's resolver, the editor and `configure` read,
 * and from which docs/options.md is made (`npm run options`). An option without a row does not
 * compile.
 */

import { nearest } from "./suggest";

/** The place where an option is written. */
export type Place =
  | "directive"
  | "plugin"
  | "configure"
  | "configure.verify"
  | "configure.studio"
  | "MemoryBackend"
  | "TieredBackend"
  | "transactional"
  | "transactionalSync"
  | "hold"
  | "withCache"
  | "invalidateTag"
  | "verify"
  | "subscribe"
  | "recordEvents"
  | "FaultyBackend";

export interface OptionRow {
  readonly name: string;
  readonly places: readonly Place[];
  readonly kind: OptionKind;
  /** The unit that is counted, if the kind doesn't state it. */
  readonly unit?: string;
  /** The allowed values, if they differ from those of the kind. */
  readonly range?: string;
  /** A directive may use `off`, whatever `configure` says. */
  readonly off?: true;
  /**
   * The value itself, which the runtime reads here, or a description if there is more than one
   * value.
   */
  readonly default?: string | number | boolean;
  readonly defaultText?: string;
  readonly since: string;
  /** One sentence for a reader who chooses among the options. */
  readonly summary: string;
}

/** The values of each kind, with their unit and range. */
export const optionKinds = {
  duration: { is: "duration", unit: "`ms`, `s`, `m`, `h`, `d` or `w`", range: "`1ms` to `365d`" },
  count: { is: "whole number", unit: null, range: "1 or more" },
  share: {
    is: "part of the ttl",
    unit: "percent in a directive, a fraction in `configure`",
    range: "0 to 50 %",
  },
  hits: { is: "part of the hits", unit: "percent, or a fraction", range: "0 to 100 %" },
  weight: {
    is: "flag (`true` in `configure`), or a number",
    unit: "times the loader's time",
    range: "above 0",
  },
  flag: { is: "flag: a bare word", unit: null, range: null },
  boolean: { is: "true or false", unit: null, range: null },
  template: { is: "template in quotes", unit: null, range: null },
  templates: { is: "list of templates in quotes", unit: null, range: null },
  expression: { is: "expression", unit: null, range: null },
  name: { is: "name", unit: null, range: "at least one character" },
  names: { is: "name, or a list of names", unit: null, range: null },
  list: { is: "list of texts", unit: null, range: null },
  choice: { is: "one of the words", unit: null, range: null },
  function: { is: "function", unit: null, range: null },
  object: { is: "object", unit: null, range: null },
} as const;
export type OptionKind = keyof typeof optionKinds;

const since = "0.1.0";

export const options = [
  {
    name: "key",
    places: ["directive"],
    kind: "template",
    defaultText: "`module.Class.function` and every argument",
    since,
    summary: 'Key template, such as "user:{id}".',
  },
  {
    name: "ttl",
    places: ["directive", "configure"],
    kind: "duration",
    default: "1h",
    since,
    summary: 'Time to live. A directive can take it from the result: "{result.maxAge}s".',
  },
  {
    name: "nullTtl",
    places: ["directive", "configure"],
    kind: "duration",
    defaultText: "a tenth of the ttl, at most `5m`, at least `1s`",
    since,
    summary: "Time to live of null and undefined.",
  },
  {
    name: "stale",
    places: ["directive", "configure"],
    kind: "duration",
    off: true,
    since,
    summary:
      "Stale-while-revalidate: how long after its ttl an entry is still served while it is loaded again in the background.",
  },
  {
    name: "staleIfError",
    places: ["directive", "configure"],
    kind: "duration",
    off: true,
    since,
    summary:
      "Stale-if-error: how long after its ttl an entry is served if the loader fails or is too slow.",
  },
  {
    name: "isFailure",
    places: ["configure"],
    kind: "function",
    defaultText: "every error is a failure",
    since,
    summary:
      "Whether an error of a loader is a failure, for which staleIfError serves the old entry, or an answer that the caller gets.",
  },
  {
    name: "early",
    places: ["directive", "configure"],
    kind: "weight",
    off: true,
    default: false,
    since,
    summary:
      "Eager refresh: an entry is loaded again before its ttl ends, at a random time that is earlier the longer its loader takes.",
  },
  {
    name: "jitter",
    places: ["directive", "configure"],
    kind: "share",
    off: true,
    default: 0.05,
    since,
    summary:
      "The part of the ttl by which it may be shortened at random, so that entries stored together don't expire together.",
  },
  {
    name: "verify",
    places: ["directive", "configure"],
    kind: "hits",
    off: true,
    defaultText: "none",
    since,
    summary:
      "The share of the hits for which the function runs as well, in the background, so that a different result is reported: docs/verify.md. configure also takes an object.",
  },
  {
    name: "timeout",
    places: ["directive", "configure"],
    kind: "duration",
    off: true,
    since,
    summary: "How long a call waits for its loader. A value that arrives later is still stored.",
  },
  {
    name: "memory",
    places: ["directive", "configure"],
    kind: "duration",
    off: true,
    since,
    summary:
      "How long an entry may be served from the memory tier of a TieredBackend without asking Redis.",
  },
  {
    name: "share",
    places: ["directive"],
    kind: "boolean",
    default: false,
    since,
    summary:
      "Whether hits in memory hand out one frozen result instead of a copy for each caller. The return type has to be readonly at every level.",
  },
  {
    name: "tags",
    places: ["directive"],
    kind: "templates",
    since,
    summary:
      'Tag templates, such as ["user:{id}"]. invalidateTag invalidates every entry that carries the tag.',
  },
  {
    name: "namespace",
    places: ["directive", "plugin"],
    kind: "name",
    since,
    summary:
      "Prefix of the key: v1 makes v1:…. A directive's namespace replaces the plugin entry's.",
  },
  {
    name: "namespace",
    places: ["configure"],
    kind: "name",
    since,
    summary:
      "Prefix of every key and tag of the cache. A directive's own namespace comes after it.",
  },
  {
    name: "when",
    places: ["directive"],
    kind: "expression",
    defaultText: "always",
    since,
    summary:
      "Expression over result and the parameters. If it is false, the result is returned but not stored.",
  },
  {
    name: "codec",
    places: ["directive", "configure"],
    kind: "name",
    range: "`json`, `yaml`, `structured`, or one of `codecs`",
    default: "json",
    since,
    summary: "The codec that turns results into bytes.",
  },
  {
    name: "codec",
    places: ["plugin"],
    kind: "name",
    range: "`json`, `yaml`, `structured`, or one of `codecs`",
    defaultText: "`json` is assumed",
    since,
    summary:
      "The codec that configure sets for the default cache, so that checks, lock and list know it.",
  },
  {
    name: "codecs",
    places: ["plugin"],
    kind: "list",
    since,
    summary: "Names of your own codecs that directives may use.",
  },
  {
    name: "codecs",
    places: ["configure"],
    kind: "object",
    range: "`{ encode, decode }` by name",
    since,
    summary: "Your own codecs, by the names that directives use.",
  },
  {
    name: "batch",
    places: ["directive"],
    kind: "flag",
    since,
    summary:
      "Makes one entry for each id. The ids are the rest parameter, or an array as the first parameter.",
  },
  {
    name: "cache",
    places: ["directive"],
    kind: "name",
    defaultText: "the default cache",
    since,
    summary: 'Name of a cache that is set up by configure("name", …).',
  },
  {
    name: "version",
    places: ["directive"],
    kind: "choice",
    range: "`auto`, `none`",
    defaultText: "the plugin entry's",
    since,
    summary: "auto puts the fingerprint of the return type into the key, and none leaves it out.",
  },
  {
    name: "version",
    places: ["plugin"],
    kind: "choice",
    range: "`auto`",
    since,
    summary:
      "auto puts the fingerprint of its return type into the key of every function whose directive doesn't say none.",
  },
  {
    name: "allow",
    places: ["directive"],
    kind: "names",
    range: "names of checks",
    since,
    summary: "Checks that this directive turns off.",
  },
  {
    name: "root",
    places: ["plugin"],
    kind: "name",
    range: "a folder, relative to package.json",
    default: "src",
    since,
    summary: "The folder that the module names in keys leave out.",
  },
  {
    name: "checks",
    places: ["plugin"],
    kind: "object",
    range: '`"off"`, `"hint"` or `"error"` by name',
    defaultText: "each check's own grade",
    since,
    summary: "Grades of the checks.",
  },
  {
    name: "backend",
    places: ["configure"],
    kind: "object",
    range: "a `Backend`",
    defaultText: "a `MemoryBackend` of its own",
    since,
    summary: "Where entries are stored.",
  },
  {
    name: "onOutage",
    places: ["configure"],
    kind: "choice",
    range: '`"keep"`, `"flush"`, `"replay"`',
    default: "keep",
    since,
    summary:
      "What happens after an outage in which an invalidation may have been lost: nothing (keep), everything that was stored before is invalidated (flush), or the lost invalidations are carried out (replay).",
  },
  {
    name: "enabled",
    places: ["configure"],
    kind: "boolean",
    defaultText: "unchanged; true at first",
    since,
    summary:
      "If false, annotated functions of all caches run uncached. ZCACHE_DISABLED=1 does the same and takes precedence.",
  },
  {
    name: "measure",
    places: ["configure"],
    kind: "boolean",
    defaultText: "unchanged; false at first",
    since,
    summary: "Whether calls of all caches are timed, for the latencies in stats().",
  },
  {
    name: "studio",
    places: ["configure"],
    kind: "object",
    range: "true, false, or `{ name }`",
    defaultText: "unchanged; false at first",
    since,
    summary:
      "Whether this process reports to Studio what its caches do, and under what name: docs/studio.md. ZCACHE_STUDIO=1 turns it on if no call sets it.",
  },
  {
    name: "onEvent",
    places: ["configure"],
    kind: "function",
    since,
    summary: "A listener that is called synchronously with each event of the cache.",
  },
  {
    name: "lease",
    places: ["configure"],
    kind: "duration",
    default: "5s",
    since,
    summary: "How long a process that died while loading can keep other processes waiting.",
  },
  {
    name: "deadline",
    places: ["configure"],
    kind: "duration",
    default: "250ms",
    since,
    summary:
      "How long an operation of a remote backend may take before the call goes on without the cache.",
  },
  {
    name: "breakerFailures",
    places: ["configure"],
    kind: "count",
    unit: "failures in a row",
    default: 5,
    since,
    summary: "After this many failures in a row the backend is left alone for breakerTime.",
  },
  {
    name: "breakerTime",
    places: ["configure"],
    kind: "duration",
    default: "1s",
    since,
    summary: "How long the backend is left alone before one operation is let through as a test.",
  },
  {
    name: "maxInFlight",
    places: ["configure"],
    kind: "count",
    unit: "operations",
    default: 10_000,
    since,
    summary: "The maximum number of operations under way at once. Further ones fail immediately.",
  },
  {
    name: "clock",
    places: ["configure", "MemoryBackend", "TieredBackend"],
    kind: "object",
    range: "a `Clock`",
    defaultText: "the system's",
    since,
    summary: "The clock, for tests.",
  },
  {
    name: "random",
    places: ["configure"],
    kind: "function",
    defaultText: "`Math.random`",
    since,
    summary: "Source of randomness, for tests: a number from 0 up to, but not including, 1.",
  },
  {
    name: "maxEntries",
    places: ["MemoryBackend"],
    kind: "count",
    unit: "keys",
    range: "1 to 16,777,216",
    default: 10_000,
    since,
    summary: "How many keys are kept at most: entries, leases and tag versions.",
  },
  {
    name: "maxBytes",
    places: ["MemoryBackend"],
    kind: "count",
    unit: "bytes",
    default: 64 * 1024 * 1024,
    since,
    summary:
      "How many bytes are kept at most, counted as V8 keeps them, with 200 for each key, and 250 more for a value above 1 KB.",
  },
  {
    name: "prefixes",
    places: ["TieredBackend"],
    kind: "list",
    range: "at least one; an empty text means every key",
    defaultText: '`[""]`',
    since,
    summary: "Prefixes of the keys that may be kept in memory.",
  },
  {
    name: "maxLag",
    places: ["TieredBackend"],
    kind: "duration",
    range: "`100ms` or more",
    default: "1s",
    since,
    summary:
      "How long another process's invalidation can go unnoticed when the connection dies silently.",
  },
  {
    name: "onStateChange",
    places: ["TieredBackend"],
    kind: "function",
    since,
    summary:
      'Is called when the memory tier comes into use ("live"), when Redis answers alone ("bypassed"), and in a Cluster when Redis answers alone for the keys of some nodes ("partial").',
  },
  {
    name: "independent",
    places: ["transactional", "transactionalSync"],
    kind: "boolean",
    default: false,
    since,
    summary:
      "Whether a transaction inside another one commits by itself, regardless of the outcome of the outer one.",
  },
  {
    name: "mayHaveCommitted",
    places: ["transactional"],
    kind: "function",
    defaultText: "errors that say that the connection was lost",
    since,
    summary: "Whether the transaction may have committed although this error was thrown.",
  },
  {
    name: "overdue",
    places: ["transactional"],
    kind: "duration",
    default: "1m",
    since,
    summary:
      "After this time the invalidations that were made so far are carried out, and once more after the commit.",
  },
  {
    name: "hold",
    places: ["transactional"],
    kind: "object",
    range: "the options of `hold`, or a list of such objects",
    defaultText: "nothing",
    since,
    summary:
      "The tags and keys that the function is going to change, which are held before it is called.",
  },
  {
    name: "tags",
    places: ["hold"],
    kind: "list",
    since,
    summary: "The tags of the entries that the transaction changes.",
  },
  {
    name: "keys",
    places: ["hold"],
    kind: "list",
    range: "complete keys, as `keysOf(getUser, 5)` returns them",
    since,
    summary: "The entries that the transaction changes.",
  },
  {
    name: "cache",
    places: ["hold"],
    kind: "name",
    defaultText: "the default cache",
    since,
    summary: "The cache that the tags and keys belong to.",
  },
  {
    name: "cache",
    places: ["invalidateTag", "verify"],
    kind: "name",
    defaultText: "the default cache",
    since,
    summary: "The cache to which the call applies.",
  },
  {
    name: "cache",
    places: ["subscribe", "recordEvents"],
    kind: "name",
    defaultText: "all caches",
    since,
    summary: "The cache whose events are reported.",
  },
  {
    name: "lease",
    places: ["hold"],
    kind: "duration",
    range: "`1ms` to `1h`",
    defaultText: "that of `configure`",
    since,
    summary:
      "How long a process that died during the transaction keeps all processes from storing.",
  },
  {
    name: "onOutage",
    places: ["hold"],
    kind: "choice",
    range: '`"reject"`, `"proceed"`',
    default: "reject",
    since,
    summary: "Whether an unreachable store ends the transaction before its first write.",
  },
  {
    name: "mode",
    places: ["withCache"],
    kind: "choice",
    range: '`"refresh"`, `"bypass"`, `"only"`',
    since,
    summary:
      "Whether calls beneath it recompute and store, run uncached, or only return what is stored.",
  },
  {
    name: "signal",
    places: ["withCache"],
    kind: "object",
    range: "an `AbortSignal`",
    since,
    summary: "When it aborts, each call beneath it that still waits rejects with its reason.",
  },
  {
    name: "share",
    places: ["configure.verify"],
    kind: "hits",
    defaultText: "none",
    since,
    summary: "The share of hits that is verified if the directive says nothing.",
  },
  {
    name: "lag",
    places: ["configure.verify"],
    kind: "duration",
    default: "5s",
    since,
    summary:
      "How long invalidations and replicas may take. A difference is reported if it is still there afterwards.",
  },
  {
    name: "mostAtOnce",
    places: ["configure.verify"],
    kind: "count",
    unit: "loaders",
    default: 2,
    since,
    summary: "How many loaders may run at once to verify hits.",
  },
  {
    name: "shareOfLoads",
    places: ["configure.verify"],
    kind: "hits",
    range: "0 to 100 %, or a number above 1",
    default: "10%",
    since,
    summary:
      "After the first 100 loaders that verify hits, how many of them may run for each loader that callers have waited for.",
  },
  {
    name: "slow",
    places: ["configure.verify"],
    kind: "duration",
    default: "1s",
    since,
    summary: "A function whose loader has taken this long is not verified for a minute.",
  },
  {
    name: "lock",
    places: ["configure.verify"],
    kind: "name",
    range: "the path of a file",
    default: "zcache.lock.json",
    since,
    summary: "The lock file, from which a report names places in the source.",
  },
  {
    name: "name",
    places: ["configure.studio"],
    kind: "name",
    defaultText: "the name of the program's file",
    since,
    summary: "The name that Studio shows for this process.",
  },
  {
    name: "name",
    places: ["FaultyBackend"],
    kind: "name",
    defaultText: "that of the backend behind it",
    since,
    summary: "The backend's name in errors and events.",
  },
  {
    name: "remote",
    places: ["FaultyBackend"],
    kind: "boolean",
    defaultText: "as the backend behind it",
    since,
    summary: "Whether a deadline and a breaker are put in front of it, as with Redis.",
  },
] as const satisfies readonly OptionRow[];

/** The rows that can be written at a place. */
type RowAt<P extends Place, Row = (typeof options)[number]> = Row extends {
  readonly places: readonly (infer Q)[];
}
  ? P extends Q
    ? Row
    : never
  : never;
export type OptionNameAt<P extends Place> = RowAt<P>["name"];

/** Returns the rows by name, in the order of the table. */
export function optionsAt<P extends Place>(place: P): Readonly<Record<OptionNameAt<P>, OptionRow>> {
  const rows = (options as readonly OptionRow[]).filter(({ places }) => places.includes(place));
  return Object.fromEntries(rows.map((row) => [row.name, row])) as Record<
    OptionNameAt<P>,
    OptionRow
  >;
}

export function optionNamesAt<P extends Place>(place: P): readonly OptionNameAt<P>[] {
  return Object.keys(optionsAt(place)) as OptionNameAt<P>[];
}

/** Advises on a name that is not an option of the place. */
export function optionAdvice(place: Place, name: string): string {
  const known = optionNamesAt(place);
  const near = nearest(name, known);
  return near ? `Did you mean "${near}"?` : `Options: ${known.join(", ")}.`;
}

type NamesWithDefault<P extends Place> = Extract<RowAt<P>, { readonly default: unknown }>["name"];

/** Returns the given options, and the table's defaults for those that are left out or undefined. */
export function withDefaults<P extends Place, Given extends object>(
  place: P,
  given: Given,
): Given & Required<Pick<Given, NamesWithDefault<P> & keyof Given>> {
  const defaults = Object.values<OptionRow>(optionsAt(place)).map((row) => [row.name, row.default]);
  return Object.fromEntries(
    [...defaults, ...Object.entries(given)].filter(([, value]) => value !== undefined),
  ) as never;
}

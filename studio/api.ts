/**
 * The JSON of Studio's API, version 1: what its page, `zcache top` and `zcache mcp` read. All paths
 * are below the prefix that Studio is mounted at. Times are milliseconds since the epoch, durations
 * milliseconds, sizes bytes.
 *
 * | request                                   | answer           |
 * | ----------------------------------------- | ---------------- |
 * | GET api/v1/session                        | Session          |
 * | GET api/v1/overview?seconds=300           | Overview         |
 * | GET api/v1/functions?seconds=300          | FunctionRow[]    |
 * | GET api/v1/function?name=…&seconds=300    | FunctionDetail   |
 * | GET api/v1/key?key=…&cache=…              | KeyDetail        |
 * | GET api/v1/keys?name=…&arguments=[…]      | KeysOfCall       |
 * | GET api/v1/tags                           | TagGraph         |
 * | GET api/v1/events?after=…&type=…&name=…   | EventPage        |
 * | GET api/v1/misses?name=…&key=…            | MissRow[]        |
 * | GET api/v1/timeline?name=…&seconds=60     | Timeline         |
 * | GET api/v1/live?seconds=300               | a stream, below  |
 * | GET api/v1/scan?name=…                    | a stream, below  |
 * | POST api/v1/invalidate { key, cache } or { tag, cache } | Done |
 * | POST api/v1/refresh { key }               | Done             |
 * | POST api/v1/pause { paused }              | Done             |
 *
 * The two streams are server-sent events. `live` sends `overview` (an Overview of so many seconds),
 * `events` (an EventPage) and `notice` (a Notice). `scan` sends `progress` (a ScanProgress);
 * closing its connection stops the scan.
 *
 * With `seconds=0` the overview's figures are since the start of each process. A POST takes its
 * parameters as JSON or in its query. A request that fails is answered with a status of 400 or
 * above and a Failure. A POST carries the session's token in the header `x-zcache-token`.
 */
import { type Latency } from "../runtime/cache/latency";
import {
  type CacheReport,
  type HotKey,
  type LoadSpan,
  type MissReason,
  type MissReport,
  type ProcessIdentity,
  type StudioEvent,
} from "../runtime/studio/report";

export type {
  CacheReport,
  HotKey,
  Latency,
  LoadSpan,
  MissReason,
  MissReport,
  ProcessIdentity,
  StudioEvent,
};

export interface Session {
  readonly api: 1;
  /** Sent back as `x-zcache-token` with each POST. */
  readonly token: string;
  /** Whether this user may invalidate, refresh and pause, and if not, why. */
  readonly mayWrite: boolean;
  readonly whyNot: string | null;
  /** What Studio shows: "this process", or "redis at localhost:6379". */
  readonly source: string;
  /**
   * Whether a function can be refreshed from here, which is possible only in the process that has
   * it.
   */
  readonly mayRefresh: boolean;
  /**
   * The address that opens a place of the source in the editor, with {file} and {line}:
   * `vscode://file/{file}:{line}`.
   */
  readonly editor: string | null;
  /** The folder that the files of places are relative to, or null without a lock file. */
  readonly project: string | null;
  readonly zcache: string;
}

/** Sums over a window. */
export interface Figures {
  /** hits + stale + misses */
  readonly calls: number;
  readonly hits: number;
  readonly stale: number;
  readonly misses: number;
  readonly loads: number;
  readonly shared: number;
  readonly errors: number;
  readonly readBytes: number;
  readonly storedBytes: number;
  /** (hits + stale) / calls, or null without a call. */
  readonly hitRate: number | null;
  /** Hits × the mean time of a load: the time that callers did not have to wait. */
  readonly savedMs: number;
}

export interface Overview {
  readonly at: number;
  /**
   * How far back the figures go, in seconds: at most as far as was requested, and less far soon
   * after the start.
   */
  readonly seconds: number;
  readonly total: Figures;
  /** The same figures by second, oldest first, in columns, which is the form that charts take. */
  readonly series: Series;
  readonly processes: readonly ProcessRow[];
  /** The functions that are called most. */
  readonly functions: readonly FunctionRow[];
  /** The number of functions that are known, whether or not they are among these. */
  readonly functionCount: number;
  /** Why the store can't be asked at this moment, which the page shows, or null. */
  readonly storeTrouble: string | null;
}

/** Columns of equal length. */
export interface Series {
  /** Seconds since the epoch. */
  readonly time: readonly number[];
  readonly hits: readonly number[];
  readonly stale: readonly number[];
  readonly misses: readonly number[];
  readonly loads: readonly number[];
  readonly shared: readonly number[];
  readonly errors: readonly number[];
  readonly savedMs: readonly number[];
}

export interface ProcessRow {
  readonly process: ProcessIdentity;
  /** When it last reported. */
  readonly seenAt: number;
  /** Whether it has not reported for a few seconds. */
  readonly isGone: boolean;
  readonly paused: boolean;
  readonly figures: Figures;
  readonly caches: readonly CacheReport[];
}

export interface FunctionRow {
  readonly name: string;
  /** `Catalog.book`: the name without its module. */
  readonly label: string;
  readonly figures: Figures;
  readonly hitLatency: Latency | null;
  readonly loadLatency: Latency | null;
  /** It is null if the lock file has nothing about the function. */
  readonly place: Place | null;
  /** The most important advice, or null. */
  readonly advice: Advice | null;
}

export interface Place {
  readonly file: string;
  readonly line: number | null;
}

export interface Advice {
  /**
   * problem: the cache costs more than it saves, or saves nothing. hint: something could be better.
   */
  readonly grade: "problem" | "hint";
  /** A sentence: "Never hit: each call has another requestId." */
  readonly text: string;
  /** The evidence: "0 hits in 1,204 calls over 5 minutes, 1,204 different keys". */
  readonly basis: string;
}

export interface FunctionDetail extends FunctionRow {
  readonly directive: DirectiveRow | null;
  readonly series: Series;
  readonly sizes: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  readonly hottest: readonly HotKey[];
  readonly keys: number;
  readonly reloads: { readonly same: number; readonly changed: number };
  readonly missReasons: Readonly<Partial<Record<MissReason, number>>>;
  /**
   * A sample of the hits by the age of their entries, youngest first: how many were younger than
   * `belowMs` (null: any age).
   */
  readonly byAge: readonly { readonly belowMs: number | null; readonly hits: number }[];
  readonly advices: readonly Advice[];
  readonly byProcess: readonly { readonly process: string; readonly figures: Figures }[];
  /** Whether values of this function are hidden (`redact`). */
  readonly redacted: boolean;
}

/** What the lock file says about a function. */
export interface DirectiveRow {
  readonly key: string;
  readonly parameters: readonly string[];
  readonly namespace: string | null;
  readonly tags: readonly string[];
  readonly ttl: string | null;
  readonly codec: string | null;
  readonly cache: string | null;
  readonly batch: boolean;
  readonly version: string | null;
  readonly fingerprint: string;
  /** The type of the result, as it is stored. */
  readonly returns: string;
  /** `src/users.ts rename` */
  readonly invalidatedIn: readonly string[];
}

export interface KeysOfCall {
  readonly name: string;
  readonly keys: readonly string[];
}

export interface KeyDetail {
  readonly key: string;
  readonly cache: string;
  /** The function and the arguments that it belongs to, or null if they aren't known. */
  readonly owner: {
    readonly name: string;
    readonly values: readonly NamedValue[] | "hashed";
  } | null;
  readonly state:
    "fresh" | "stale" | "invalidated" | "loading" | "held" | "absent" | "unreadable" | "unknown";
  /** The state in a sentence. */
  readonly explanation: string;
  readonly bytes: number | null;
  readonly payloadBytes: number | null;
  readonly codec: string | null;
  readonly ttlMs: number | null;
  /** How long ago it was stored, if that is known. */
  readonly ageMs: number | null;
  readonly freshUntil: number | null;
  readonly loadMs: number | null;
  readonly lease: { readonly holder: string; readonly until: number | null } | null;
  readonly tags: readonly TagState[];
  readonly value: Tree | null;
  /** Why there is no value: "hidden by redact", "larger than …". */
  readonly valueHidden: string | null;
  readonly lastMisses: readonly MissRow[];
}

export interface NamedValue {
  readonly name: string;
  /** The value as it is written in the key, cut at a size. */
  readonly text: string;
}

export interface TagState {
  readonly tag: string;
  readonly version: string | null;
  /** It is null if the key doesn't determine the tag. */
  readonly isCurrent: boolean | null;
  readonly detail: string;
}

/**
 * A decoded value, cut at a size and a depth. It is plain data that a page can show without knowing
 * types.
 */
export interface Tree {
  /**
   * "object", "array", "Map", "Set", "Date", "string", "number", "bigint", "boolean", "null",
   * "undefined", "bytes", …
   */
  readonly kind: string;
  /** The text of a value without children, cut at a size. */
  readonly text: string | null;
  /** How many children there are, which may be more than are shown. */
  readonly size: number | null;
  readonly children: readonly { readonly name: string; readonly value: Tree }[];
  readonly cut: boolean;
}

export interface MissRow extends MissReport {
  /** Title and number of the process: "api 4711". */
  readonly process: string;
}

export interface TagGraph {
  /** `user:{id}` */
  readonly tags: readonly TagRow[];
  /** Newest first. */
  readonly recent: readonly TagInvalidation[];
}

export interface TagRow {
  readonly tag: string;
  readonly functions: readonly string[];
  /** `src/users.ts rename`. The list is empty if nothing in the program invalidates it. */
  readonly invalidatedIn: readonly string[];
  readonly invalidations: number;
  readonly lastAt: number | null;
}

export interface TagInvalidation {
  readonly at: number;
  readonly tag: string;
  readonly process: string;
  /** How many misses have named this tag since then, as far as Studio has seen. */
  readonly ended: number;
}

export interface EventPage {
  /** Newest last. */
  readonly events: readonly EventRow[];
  /** The value to send as `after` to get the next events. */
  readonly last: number;
  /** How many events could not be kept. */
  readonly leftOut: number;
}

export interface EventRow extends StudioEvent {
  readonly number: number;
  readonly process: string;
}

export interface Timeline {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly loads: readonly (LoadSpan & { readonly process: string })[];
  /** Calls that got a stale value, and calls that waited for a load that had already started. */
  readonly marks: readonly {
    readonly at: number;
    readonly type: "stale" | "wait";
    readonly key: string;
    readonly process: string;
  }[];
}

export interface ScanProgress {
  readonly scanned: number;
  /** The number of keys that the store reports, or null if it reports none. */
  readonly total: number | null;
  readonly found: number;
  /** The keys that were found since the last progress. */
  readonly keys: readonly string[];
  readonly isDone: boolean;
  /** Whether the scan has ended early, because there are more keys than one scan returns. */
  readonly isCut: boolean;
}

export interface Notice {
  readonly text: string;
}

export interface Done {
  readonly done: string;
}

export interface Failure {
  readonly error: string;
}

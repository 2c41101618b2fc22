import { type ReadOptions } from "../backends/backend";
import { type Cache } from "../cache/cache";
import { type Codec } from "../codecs/codec";
import { cacheNamed } from "../cache/configure";
import { type Account, createCounters } from "../cache/counters";
import { ConfigError } from "../errors";
import { keyText, tagText } from "../keys/key";
import { tagNameOf, wellFormed } from "../keys/key-names";
import { inOnePiece } from "../keys/one-piece";
import { type Encode, type Plan, type PlanSource, type Template } from "../plan";
import { registry } from "../cache/registry";

/** A plan joined with the settings of its cache: what one call needs to know. */
export interface BoundPlan {
  readonly plan: Plan;
  readonly cache: Cache;
  readonly codec: Codec;
  readonly ttlMs: number;
  readonly nullTtlMs: number;
  readonly staleMs: number;
  /** How long after its time to live an entry is kept: for `stale` or `staleIfError`, whichever is longer. */
  readonly graceMs: number;
  readonly early: number;
  readonly jitter: number;
  /** Which share of the hits is verified: see `verify/`. */
  readonly verify: number;
  readonly timeoutMs: number | null;
  /** Entries carry their times. */
  readonly timed: boolean;
  /** The keys of what changes with every invalidation of a tag that may be one of the result's. */
  readonly fenceKeys: readonly string[];
  /** Undefined: what is read must come from the store itself. */
  readonly reading: ReadOptions | undefined;
  /** Goes before the key: the cache's namespace, the function's, its version, and `module.Class.function|` where the key is the default one. */
  readonly prefix: string;
  readonly account: Account;
  /** The loader has been given the function's name. */
  isNamed: boolean;
  /** See `rememberKey`. */
  readonly knownKeys: Map<unknown, string>;
  /** Other programs on the same store may have the same default key, so that calls are not cached. */
  readonly isShared: boolean;
  /** Null where the key doesn't depend on the receiver's class, nor on whether the store is shared. */
  readonly receivers: Receivers | null;
  /** Of a batch: much was missing the last time, so that the next read had better take leases. */
  expectsMissing: boolean;
  readonly generation: number;
}

/** Of a plan that depends on its receiver: the bound plans that it has for receivers of each kind. */
export interface Receivers {
  /** Prototypes, and classes for static methods. Null: of no class that has a name. */
  readonly byHolder: WeakMap<object, BoundPlan | null>;
  readonly byClass: Map<string, BoundPlan>;
  /** What was asked for last, which mostly is what is asked for next. */
  last: object | null;
  lastBound: BoundPlan | null;
}

/** Kept on the function itself, which nobody else has: a WeakMap takes four times as long, in each call. */
const planKey = Symbol("plan");
const boundKey = Symbol("bound plan");

interface KeptPlans {
  [planKey]?: Plan;
  [boundKey]?: BoundPlan;
}

/** The plan alone, which needs no cache to be set up. */
export function planOf(source: PlanSource & KeptPlans): Plan {
  return (source[planKey] ??= source());
}

/** Looked up anew after each `configure`. Throws a ConfigError when the cache or the codec is not set up. */
export function boundPlan(source: PlanSource & KeptPlans): BoundPlan {
  const known = source[boundKey];
  if (known && known.generation === registry.generation) return known;
  return (source[boundKey] = bindPlan(planOf(source)));
}

function bindPlan(plan: Plan): BoundPlan {
  const cache = cacheNamed(plan.cache ?? registry.defaultName);
  const { settings } = cache;
  const codecName = plan.codec ?? settings.codec;
  const codec = Object.hasOwn(settings.codecs, codecName) ? settings.codecs[codecName] : undefined;
  if (!codec) {
    throw new ConfigError(
      `${plan.name} uses the codec "${codecName}", which its cache doesn't have. Codecs: ${Object.keys(settings.codecs).join(", ")}. Add it with configure({ codecs: { … } }).`,
    );
  }
  const ttlMs = plan.ttlMs ?? settings.ttlMs;
  const memoryMs = Math.min(plan.memoryMs ?? settings.memoryMs ?? 0, ttlMs);
  const staleMs = plan.staleMs ?? settings.staleMs;
  const graceMs = Math.max(staleMs, plan.staleIfErrorMs ?? settings.staleIfErrorMs);
  const early = plan.early ?? settings.early;
  return {
    plan,
    cache,
    codec,
    ttlMs,
    nullTtlMs: plan.nullTtlMs ?? settings.nullTtlMs ?? defaultNullTtlMs(ttlMs),
    staleMs,
    graceMs,
    early,
    jitter: plan.jitter ?? settings.jitter,
    verify: verifyOf(plan, cache),
    // 0 is `timeout: off`.
    timeoutMs: (plan.timeoutMs ?? settings.timeoutMs) || null,
    timed: graceMs > 0 || early > 0,
    fenceKeys: fenceKeysOf(plan, cache),
    reading: memoryMs > 0 ? { memoryMs } : undefined,
    prefix: prefixOf(plan, cache, null),
    account: accountOf(plan.name),
    isNamed: false,
    knownKeys: new Map(),
    isShared: plan.nameless === true && isStoreShared(cache),
    receivers: plan.class === undefined && !plan.literal && !plan.nameless ? null : createReceivers(),
    expectsMissing: false,
    // Last, for looking the default cache up may have made it.
    generation: registry.generation,
  };
}

/** A function that changes data is run for its caller alone, unless its directive says otherwise. */
function verifyOf({ verify, changesData }: Plan, { verifyShare, settings }: Cache): number {
  if (changesData && verify === undefined) return 0;
  return verifyShare ?? verify ?? settings.verify.share;
}

function createReceivers(): Receivers {
  return { byHolder: new WeakMap(), byClass: new Map(), last: null, lastBound: null };
}

/** Whether programs that have no name of their own may meet in the cache's store. */
export function isStoreShared({ settings }: Cache): boolean {
  return settings.backend.remote && settings.namespace === null;
}

/** The same for receivers of another class than the one that declares the method: their keys have its name. */
export function bindClass(bound: BoundPlan, className: string): BoundPlan {
  const prefix = prefixOf(bound.plan, bound.cache, className);
  return { ...bound, prefix, knownKeys: new Map(), receivers: null };
}

function prefixOf(plan: Plan, { settings }: Cache, className: string | null): string {
  const namespaces = [settings.namespace, plan.namespace].filter((namespace) => namespace != null);
  return inOnePiece(wellFormed(namespaces.map((namespace) => `${namespace}:`).join("") + ownPrefix(plan, className)));
}

function accountOf(name: string): Account {
  let account = registry.accounts.get(name);
  if (!account) registry.accounts.set(name, (account = { counters: createCounters(), latencies: null }));
  return account;
}

function fenceKeysOf({ resultTags = [] }: Plan, cache: Cache): readonly string[] {
  return [...new Set(resultTags.map(({ kind }) => cache.fenceKey(kind)))];
}

/** `name|`, `name@class@version|` with what there is of both; before an explicit key nothing, or `version:`. */
function ownPrefix({ key, name, version }: Plan, className: string | null): string {
  if (key.explicit) return version === undefined ? "" : `${version}:`;
  return `${[name, className, version].filter((part) => part != null).join("@")}|`;
}

/** Short, for what doesn't exist may soon; at least 1s, for crawlers ask for it all the time. */
export function defaultNullTtlMs(ttlMs: number): number {
  return Math.max(Math.min(300_000, Math.floor(ttlMs / 10)), 1_000);
}

/** The complete key of a call. In a batch, `args` begins with one id. Throws a KeyError. */
export function keyOf({ plan, prefix }: BoundPlan, self: unknown, args: ArrayLike<unknown>): string {
  return keyText(prefix, plan.key, plan.name, self, args);
}

/** One that a Map or a Set tells from others as its key does. They take 0 and -0 for one, and a hole for undefined. */
export function isPlainArgument(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "number" && value !== 0);
}

/** Of each function. A key takes 100 to 300 bytes here. */
const mostKnownKeys = 2_048;
/** What is kept here counts in nobody's limit, and to look up a longer text takes as long as to make its key. */
const longestKnownArgument = 100;

/**
 * Keeps the key of a call that was answered from memory, by its argument, where that is one number or string and all that
 * the key is made of. To put a text together and have it hashed takes as long as all else that such a call does.
 */
export function rememberKey({ plan, knownKeys }: BoundPlan, args: ArrayLike<unknown>, key: string): void {
  const arg = args[0];
  if (args.length !== 1 || !isPlainArgument(arg)) return;
  if (plan.receiver && plan.key.arguments === undefined) return;
  if (typeof arg !== "string") return keepKey(knownKeys, arg, key);
  if (arg.length <= longestKnownArgument) keepKey(knownKeys, inOnePiece(arg), key);
}

function keepKey(knownKeys: BoundPlan["knownKeys"], arg: unknown, key: string): void {
  if (knownKeys.size === mostKnownKeys) knownKeys.clear();
  knownKeys.set(arg, key);
}

/** What `rememberKey` has kept. */
export function knownKey({ knownKeys }: BoundPlan, args: ArrayLike<unknown>): string | undefined {
  return args.length === 1 && knownKeys.size > 0 ? knownKeys.get(args[0]) : undefined;
}

const noTags: readonly string[] = [];

/** The keys of the tags' versions, in the order of the directive. Throws a KeyError. */
export function versionKeysOf(
  { plan: { tags, name }, cache }: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
): readonly string[] {
  const { epochKey } = cache;
  if (!tags) return epochKey === null ? noTags : [epochKey];
  const keys = tags.map((tag) => cache.versionKey(tagText(tag, name, self, args)));
  return epochKey === null ? keys : [epochKey, ...keys];
}

/** What was made of the arguments at a call. In a batch they begin with one id. */
interface MadeAtCall {
  readonly args: ArrayLike<unknown>;
  readonly key: string;
  readonly versionKeys: readonly string[];
}

/** Whether the same arguments and the same `this` still make the same key and tags: a caller may have changed them since. */
export function makesSameKeys(bound: BoundPlan, self: unknown, { args, key, versionKeys }: MadeAtCall): boolean {
  const { plan } = bound;
  const isFixed = plan.key.arguments !== undefined && !plan.tags && !plan.receiver;
  if (isFixed && Array.from(args).every(isPrimitive)) return true;
  try {
    if (keyOf(bound, self, args) !== key) return false;
    return versionKeysOf(bound, self, args).every((versionKey, i) => versionKey === versionKeys[i]);
  } catch {
    return false;
  }
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

/** The names of the tags that the result has, each once; none for null, and none where a placeholder has no value. Throws a KeyError. */
export function resultTagsOf(
  { plan: { resultTags, name } }: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
  result: unknown,
): readonly string[] {
  if (!resultTags || result === null || result === undefined) return noTags;
  const all = [result, ...Array.from(args)];
  const named = resultTags.filter((tag) => hasValues(tag, self, all));
  return [...new Set(named.map((tag) => tagNameOf(tagText(tag, name, self, all))))];
}

/** False where a placeholder has none. What can't be read is left to `tagText` to tell of. */
function hasValues({ text }: Template, self: unknown, args: readonly unknown[]): boolean {
  let all = true;
  const look: Encode = (value) => {
    if (value === null || value === undefined) all = false;
    return "";
  };
  try {
    text.call(self, look, ...args);
  } catch {
    return true;
  }
  return all;
}

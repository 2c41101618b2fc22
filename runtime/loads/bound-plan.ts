import { type ReadOptions } from "../backends/backend";
import { type Cache } from "../cache/cache";
import { isBuiltIn } from "../codecs/built-in-codecs";
import { type Codec } from "../codecs/codec";
import { cacheNamed } from "../cache/configure";
import { type Account, createCounters } from "../cache/counters";
import { defaultNullTtlMs } from "../duration";
import { ConfigError } from "../errors";
import { wellFormed } from "../keys/key-names";
import { inOnePiece } from "../keys/one-piece";
import { type Plan, type PlanSource } from "../plan";
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
  /** Memory hands out one frozen value: see `shared-results.ts`. */
  readonly share: boolean;
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
    // What a codec of the user's own returns may be more than its data, and be kept by the codec.
    share: plan.share === true && isBuiltIn(codec) && settings.backend.glance !== undefined,
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

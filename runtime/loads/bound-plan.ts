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

/** A plan combined with the settings of its cache: everything that a call needs. */
export interface BoundPlan {
  readonly plan: Plan;
  readonly cache: Cache;
  readonly codec: Codec;
  readonly ttlMs: number;
  readonly nullTtlMs: number;
  readonly staleMs: number;
  /**
   * How long after its time to live an entry is kept: for `stale` or `staleIfError`, whichever is
   * longer.
   */
  readonly graceMs: number;
  readonly early: number;
  readonly jitter: number;
  /** The share of hits that is verified: see `verify/`. */
  readonly verify: number;
  readonly timeoutMs: number | null;
  /** Whether entries carry their times. */
  readonly timed: boolean;
  /**
   * The keys of the fences that change with every invalidation of a tag that may be one of the
   * result's.
   */
  readonly fenceKeys: readonly string[];
  /** It is undefined if values must be read from the store itself. */
  readonly reading: ReadOptions | undefined;
  /** Whether memory hands out one frozen value: see `shared-results.ts`. */
  readonly share: boolean;
  /**
   * The beginning of each key: the cache's namespace, the function's, its version, and
   * `module.Class.function|` if the key is the default one.
   */
  readonly prefix: string;
  readonly account: Account;
  /** Whether all loaders that this plan will have bear the function's name. */
  isNamed: boolean;
  /** The keys that `rememberKey` keeps. */
  readonly knownKeys: Map<unknown, string>;
  /**
   * Whether other programs on the same store may have the same default keys. Then calls are not
   * cached.
   */
  readonly isShared: boolean;
  /**
   * It is null if the key depends neither on the receiver's class nor on whether the store is
   * shared.
   */
  readonly receivers: Receivers | null;
  /**
   * For a batch: whether much was missing at the last read, so that the next one should take
   * leases.
   */
  expectsMissing: boolean;
  /** For single calls: how much misses have outnumbered hits of late. See `recordRead`. */
  recentMisses: number;
  readonly generation: number;
}

/** The bound plans of a plan that depends on its receiver, by the kind of receiver. */
export interface Receivers {
  /** By prototype, and by class for static methods. The value is null if the class has no name. */
  readonly byHolder: WeakMap<object, BoundPlan | null>;
  readonly byClass: Map<string, BoundPlan>;
  /** The holder of the last call, which usually is that of the next one too. */
  last: object | null;
  lastBound: BoundPlan | null;
}

/**
 * The properties are on the function itself, which no other code holds. A WeakMap would take four
 * times as long in each call.
 */
const planKey = Symbol("plan");
const boundKey = Symbol("bound plan");

interface KeptPlans {
  [planKey]?: Plan;
  [boundKey]?: BoundPlan;
}

/** Returns the plan without the settings of its cache, which need not be set up for that. */
export function planOf(source: PlanSource & KeptPlans): Plan {
  return (source[planKey] ??= source());
}

/**
 * Returns the plan with its settings, which are looked up again after each `configure`. Throws a
 * ConfigError if the cache or the codec is not set up.
 */
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
    // 0 means `timeout: off`.
    timeoutMs: (plan.timeoutMs ?? settings.timeoutMs) || null,
    timed: graceMs > 0 || early > 0,
    fenceKeys: fenceKeysOf(plan, cache),
    reading: memoryMs > 0 ? { memoryMs } : undefined,
    // A value from a user's own codec may be more than its data, and the codec may keep it.
    share: plan.share === true && isBuiltIn(codec) && settings.backend.peek !== undefined,
    prefix: prefixOf(plan, cache, null),
    account: accountOf(plan.name),
    isNamed: false,
    knownKeys: new Map(),
    isShared: plan.nameless === true && isStoreShared(cache),
    receivers:
      plan.class === undefined && !plan.literal && !plan.nameless ? null : createReceivers(),
    expectsMissing: false,
    recentMisses: 0,
    // It is read last, because looking up the default cache may have created it.
    generation: registry.generation,
  };
}

/** A function that changes data is not run for verification, unless its directive asks for it. */
function verifyOf({ verify, changesData }: Plan, { verifyShare, settings }: Cache): number {
  if (changesData && verify === undefined) return 0;
  return verifyShare ?? verify ?? settings.verify.share;
}

function createReceivers(): Receivers {
  return { byHolder: new WeakMap(), byClass: new Map(), last: null, lastBound: null };
}

/** Whether programs without a name of their own may share the cache's store. */
export function isStoreShared({ settings }: Cache): boolean {
  return settings.backend.remote && settings.namespace === null;
}

/**
 * Returns the plan for receivers of a class other than the one that declares the method. Their keys
 * contain the name of their class.
 */
export function bindClass(bound: BoundPlan, className: string): BoundPlan {
  const prefix = prefixOf(bound.plan, bound.cache, className);
  return { ...bound, prefix, knownKeys: new Map(), receivers: null };
}

function prefixOf(plan: Plan, { settings }: Cache, className: string | null): string {
  const namespaces = [settings.namespace, plan.namespace].filter((namespace) => namespace != null);
  return inOnePiece(
    wellFormed(
      namespaces.map((namespace) => `${namespace}:`).join("") + ownPrefix(plan, className),
    ),
  );
}

function accountOf(name: string): Account {
  let account = registry.accounts.get(name);
  if (!account)
    registry.accounts.set(name, (account = { counters: createCounters(), latencies: null }));
  return account;
}

function fenceKeysOf({ resultTags = [] }: Plan, cache: Cache): readonly string[] {
  return [...new Set(resultTags.map(({ kind }) => cache.fenceKey(kind)))];
}

/**
 * Returns `name|`, or `name@class@version|` with those of the two that exist. Before an explicit
 * key it is empty, or `version:`.
 */
function ownPrefix({ key, name, version }: Plan, className: string | null): string {
  if (key.explicit) return version === undefined ? "" : `${version}:`;
  return `${[name, className, version].filter((part) => part != null).join("@")}|`;
}

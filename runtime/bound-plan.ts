import { type ReadOptions } from "./backend";
import { asError, type Cache } from "./cache";
import { type Codec } from "./codec";
import { cacheNamed } from "./configure";
import { ConfigError, KeyError } from "./errors";
import { encodeArguments, encodeTemplate, tagText } from "./key";
import { type Plan, type PlanSource } from "./plan";
import { registry } from "./registry";

/** A plan joined with the settings of its cache: what one call needs to know. */
export interface BoundPlan {
  readonly plan: Plan;
  readonly cache: Cache;
  readonly codec: Codec;
  readonly ttlMs: number;
  readonly nullTtlMs: number;
  /** Undefined: what is read must come from the store itself. */
  readonly reading: ReadOptions | undefined;
  /** Goes before the key: the cache's namespace, the function's, its version, and `module.Class.function|` where the key is the default one. */
  readonly prefix: string;
  readonly generation: number;
}

const plans = new WeakMap<PlanSource, Plan>();
const bound = new WeakMap<PlanSource, BoundPlan>();

/** The plan alone, which needs no cache to be set up. */
export function planOf(source: PlanSource): Plan {
  let plan = plans.get(source);
  if (!plan) plans.set(source, (plan = source()));
  return plan;
}

/** Looked up anew after each `configure`. Throws a ConfigError when the cache or the codec is not set up. */
export function boundPlan(source: PlanSource): BoundPlan {
  const known = bound.get(source);
  if (known && known.generation === registry.generation) return known;
  const made = bindPlan(planOf(source));
  bound.set(source, made);
  return made;
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
  const namespaces = [settings.namespace, plan.namespace].filter((namespace) => namespace != null);
  return {
    plan,
    cache,
    codec,
    ttlMs,
    nullTtlMs: plan.nullTtlMs ?? settings.nullTtlMs ?? defaultNullTtlMs(ttlMs),
    reading: memoryMs > 0 ? { memoryMs } : undefined,
    prefix: namespaces.map((namespace) => `${namespace}:`).join("") + ownPrefix(plan),
    // Last, for looking the default cache up may have made it.
    generation: registry.generation,
  };
}

/** `name|`, `name@version|`; before an explicit key nothing, or `version:`. */
function ownPrefix({ key, name, version }: Plan): string {
  if (key.texts) return version === undefined ? "" : `${version}:`;
  return version === undefined ? `${name}|` : `${name}@${version}|`;
}

/** Short, for what doesn't exist may soon; at least 1s, for crawlers ask for it all the time. */
export function defaultNullTtlMs(ttlMs: number): number {
  return Math.max(Math.min(300_000, Math.floor(ttlMs / 10)), 1_000);
}

/** The complete key of a call. In a batch, `args` begins with one id. Throws a KeyError. */
export function keyOf({ plan, prefix }: BoundPlan, self: unknown, args: ArrayLike<unknown>): string {
  const { texts } = plan.key;
  const values = readValues(plan, plan.key, self, args);
  return prefix + (texts ? encodeTemplate(plan.name, texts, values) : encodeArguments(plan.name, values));
}

const noTags: readonly string[] = [];

/** The keys of the tags' versions, in the order of the directive. Throws a KeyError. */
export function versionKeysOf({ plan, cache }: BoundPlan, self: unknown, args: ArrayLike<unknown>): readonly string[] {
  if (!plan.tags) return noTags;
  return plan.tags.map((tag) => cache.versionKey(tagText(plan.name, tag.texts, readValues(plan, tag, self, args))));
}

function readValues(plan: Plan, template: Plan["key"], self: unknown, args: ArrayLike<unknown>): unknown[] {
  try {
    return template.values.apply(self, args as unknown[]);
  } catch (error) {
    const text = template.texts ? `"${template.texts.join("{…}")}"` : "its default key";
    throw new KeyError(
      `${plan.name} could not read the values of ${text} from its arguments: ${asError(error).message}.`,
      { cause: error },
    );
  }
}

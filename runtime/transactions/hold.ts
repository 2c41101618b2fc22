import { hasMethod } from "../backends/checked-backend";
import { type Cache } from "../cache/cache";
import { cacheNamed } from "../cache/configure";
import { registry } from "../cache/registry";
import { checkOption, checkOptions, isName, resolveDuration, show } from "../check-options";
import { longestHoldMs } from "../entry/hold";
import { BackendError, ConfigError } from "../errors";
import { type OptionRow, optionsAt, withDefaults } from "../options";
import { endHolds, Hold } from "./holds";
import { invalidationOfTag } from "./invalidate";
import { openScope, type Scope } from "./scope";

/** What a transaction is about to write. */
export interface HoldOptions {
  /** The tags of what it changes. */
  readonly tags?: readonly string[];
  /** The complete keys of entries that it changes, as `keysOf(getUser, 5)` returns them. */
  readonly keys?: readonly string[];
  /** The cache that they belong to. @defaultValue the default cache */
  readonly cache?: string;
  /**
   * How long a process that died in the transaction keeps others from storing under these tags and
   * keys, at most `"1h"`. A living one renews the hold.
   * @defaultValue the cache's `lease`, `"5s"` if it has none
   */
  readonly lease?: string;
  /**
   * When the store can't be asked: "reject" rejects with a `BackendError`, so that nothing is
   * written. "proceed" goes on without a hold, and reports that by an event (`transaction`,
   * `unheld`).
   * @defaultValue "reject"
   */
  readonly onOutage?: "reject" | "proceed";
}

/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof HoldOptions, OptionRow>> = optionsAt("hold");

/** `HoldOptions` after all checks. */
export interface ResolvedHold {
  readonly cache: Cache;
  readonly tags: readonly string[];
  readonly keys: readonly string[];
  readonly leaseMs: number;
  readonly mayProceed: boolean;
}

/**
 * Marks tags and keys as being written. Call it inside a transaction, before its first write. Until
 * the transaction has ended, all calls under them run their functions, and none stores anything.
 * With the commit they are invalidated and the hold ends, in one command. A process that dies
 * before that leaves a hold that runs out, and no old value.
 *
 * @throws BackendError when the store can't be asked (`onOutage`)
 * @throws ConfigError outside of a transaction, and for options that are impossible
 * @example
 * await db.transaction(async (tx) => {
 *   await hold({ tags: [`user:${id}`] });
 *   await tx.update(users).set({ name }).where(eq(users.id, id));
 * });
 */
export async function hold(options: HoldOptions): Promise<void> {
  const resolved = resolveHold(options);
  const scope = openScope();
  if (!scope)
    throw new ConfigError(
      "hold must be called inside a transaction, which ends the hold: call it in the function that is passed to transactional or to an adapter's transaction.",
    );
  if (scope.isSynchronous)
    throw new ConfigError(
      "A synchronous transaction can't wait for a hold. Put it around: await transactional(() => transactionalSync(…), { hold: { tags: … } }).",
    );
  await holdIn(scope, resolved);
}

/** Takes the hold for the scope. */
export async function holdIn(
  scope: Scope,
  { cache, tags, keys, leaseMs, mayProceed }: ResolvedHold,
): Promise<void> {
  const invalidations = tags.map((tag) => invalidationOfTag(cache, tag));
  const all = new Set([...invalidations.flatMap((one) => [...one.fences, ...one.keys]), ...keys]);
  const names = [...all].filter((name) => !scope.holds(cache.name, name));
  const taken = new Hold(cache, names, leaseMs);
  try {
    if (names.length > 0) await taken.take();
  } catch (error) {
    if (!mayProceed) throw refusal(error as BackendError);
    cache.emit({ type: "transaction", what: "unheld", keys: names, message: unheldMessage });
    await scope.collect({
      cache,
      fences: [],
      keys,
      carryOut: () => cache.invalidateKeys(keys),
      report() {},
    });
    for (const one of invalidations) await scope.collect(one);
    return;
  }
  if (scope.hasEnded) {
    cache.emit({ type: "transaction", what: "late", keys: names, message: lateMessage });
    return endHolds(cache, [taken]);
  }
  if (names.length > 0) scope.add(taken);
  for (const one of invalidations) await scope.collect(one);
}

const unheldMessage =
  "This could not be held, and the transaction goes on. It is invalidated with the commit; a process that dies between the two leaves old values until their time to live ends.";
const lateMessage =
  "This was held after the end of the transaction in whose async context the code runs, so the hold was ended at once. Await hold inside the transaction.";

function refusal(cause: BackendError): BackendError {
  return new BackendError(
    cause.operation,
    cause.keys,
    `The transaction must not write, because what it changes can't be held: ${cause.message} With onOutage: "proceed" it goes on without a hold.`,
    { cause },
  );
}

/** Throws a ConfigError. */
export function resolveHold(options: HoldOptions): ResolvedHold {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new ConfigError(
      `hold takes an object such as { tags: ["user:5"] }, but got: ${show(options)}.`,
    );
  checkOptions("hold", rows, options);
  const name = checkOption("cache", options.cache, isName, "must be the name of a cache");
  const cache = cacheNamed(name ?? registry.defaultName);
  const { backend } = cache.settings;
  if (!hasMethod(backend, "holdKeys") || !hasMethod(backend, "endHolds"))
    throw new ConfigError(
      `The backend "${backend.name}" has no holds: it lacks holdKeys and endHolds. RedisBackend, TieredBackend and MemoryBackend have them.`,
    );
  const tags = checkOption("tags", options.tags, isListOfNames, mustBeNames) ?? [];
  const keys = checkOption("keys", options.keys, isListOfNames, mustBeNames) ?? [];
  if (tags.length + keys.length === 0)
    throw new ConfigError(
      'hold needs at least one tag or key of what the transaction changes: hold({ tags: ["user:5"] }).',
    );
  for (const key of keys) checkKey(cache, key);
  const leaseMs =
    resolveDuration("lease", options.lease) ?? Math.min(cache.settings.leaseMs, longestHoldMs);
  if (leaseMs > longestHoldMs)
    throw new ConfigError(
      `"lease" of a hold must be at most "1h", because no process can store for that long if this one dies, but got: ${show(options.lease)}.`,
    );
  const chosen = withDefaults("hold", options);
  const onOutage = checkOption(
    "onOutage",
    chosen.onOutage,
    isOnOutage,
    'must be "reject" or "proceed"',
  );
  return { cache, tags, keys, leaseMs, mayProceed: onOutage === "proceed" };
}

const mustBeNames = "must be a list of strings of at least one character";
const isListOfNames = (value: unknown): boolean => Array.isArray(value) && value.every(isName);
const isOnOutage = (value: unknown): boolean => value === "reject" || value === "proceed";

/** Checks the key, because holding one that no entry can have would have no effect. */
function checkKey({ settings: { namespace } }: Cache, key: string): void {
  const isName = key.endsWith("~");
  const isElsewhere = namespace !== null && !key.startsWith(`${namespace}:`);
  if (!isName && !isElsewhere) return;
  const why = isName
    ? "ends as the name of a tag's version does"
    : `does not begin with the cache's namespace, ${namespace}:`;
  throw new ConfigError(
    `"keys" of a hold must be complete keys of entries, but ${show(key)} ${why}. Take them from keysOf(getUser, 5).`,
  );
}

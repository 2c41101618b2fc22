import { keysOfCall } from "./calls/operations";
import { cacheNamed } from "./cache/configure";
import { resolveShare } from "./cache/verify-settings";
import { checkOption, checkOptions, isFunction, isName, show } from "./check-options";
import { ConfigError } from "./errors";
import { type Listener } from "./events";
import "./operations";
import { optionsAt } from "./options";
import { registry } from "./cache/registry";
import { invalidateTag as invalidateTagOf } from "./transactions/invalidate";
import { expectCompiled } from "./cache/uncompiled";
import { followSwitch } from "./studio/switch";

export type {
  AcquireRequest,
  AcquireResult,
  Backend,
  DeleteOptions,
  LocalBytes as Held,
  HoldRequest,
  LeasedValues,
  LeaseRequest,
  ReadOptions,
  ReleaseRequest,
  RenewRequest,
  Values,
  VersionRequest,
  WriteRequest,
} from "./backends/backend";
export type { Clock } from "./clock";
export type { Codec } from "./codecs/codec";
export { type Options } from "./cache/configure";
export { configure } from "./studio/switch";
export {
  BackendError,
  BatchError,
  CacheMissError,
  CodecError,
  ConfigError,
  KeyError,
  LoadTimeoutError,
  ReceiverError,
  ZcacheError,
} from "./errors";
export type { CacheEvent, DivergedEvent, Divergence, KeyEvent, Listener } from "./events";
export type { VerifyOptions } from "./cache/verify-settings";
export type { CallMessage } from "./calls/observe";
export { type Latency } from "./cache/latency";
export { type FunctionStats, resetStats, type Stats, stats } from "./cache/stats";
export { hold, type HoldOptions } from "./transactions/hold";
export {
  type SynchronousOptions,
  transactional,
  type TransactionalOptions,
  transactionalSync,
} from "./transactions/transactional";
export { withCache } from "./calls/with-cache";
export { type Control } from "./cache/control";
export { MemoryBackend, type MemoryBackendOptions } from "./backends/memory-backend";
export { RedisBackend } from "./backends/redis/redis-backend";
export type { RedisClient } from "./backends/redis/redis-client";
export { TieredBackend, type TieredBackendOptions } from "./backends/tiered/tiered-backend";
export type { TierState } from "./backends/tiered/streams";

// The environment variable may turn on Studio in a program that doesn't configure it.
followSwitch();

/**
 * Invalidates every entry that carries the tag, in one command, however many there are. Once it has
 * resolved, no caller anywhere gets an old value. Inside `transactional` it is carried out when the
 * transaction has committed.
 *
 * @param options.cache name of the cache; the default one if left out
 * @throws BackendError when the invalidation could not be carried out
 * @example await invalidateTag(`user:${id}`)
 */
export async function invalidateTag(tag: string, options: { cache?: string } = {}): Promise<void> {
  const name = cacheIn("invalidateTag", options);
  expectCompiled();
  await invalidateTagOf(cacheNamed(name ?? registry.defaultName), tag);
}

/**
 * Verifies this share of the hits of a cache from now on, regardless of directives and `configure`:
 * `"1%"`, or a number from 0 to 1. With null, directives and `configure` apply again. Functions
 * that change data are verified only if their directive says so.
 *
 * @param options.cache name of the cache; the default one if left out
 * @throws ConfigError if it is not a share
 * @example verify("5%"); // for an hour after a deploy
 */
export function verify(share: string | number | null, options: { cache?: string } = {}): void {
  const cache = cacheNamed(cacheIn("verify", options) ?? registry.defaultName);
  cache.verifyShare = share === null ? null : resolveShare("verify", share);
  registry.generation++;
}

/**
 * Calls the listener for every event, of one cache or of all. The call is synchronous, and the
 * listener must be quick. An exception of the listener becomes a process warning.
 *
 * @param options.cache name of the cache; all caches if left out
 * @returns a function that ends the subscription
 * @example const end = subscribe((event) => event.type === "fault" && log.warn(event.error))
 */
export function subscribe(listener: Listener, options: { cache?: string } = {}): () => void {
  if (!isFunction(listener))
    throw new ConfigError(`subscribe takes a function, but got: ${show(listener)}.`);
  const subscription = { listener, cache: cacheIn("subscribe", options) };
  registry.subscriptions.add(subscription);
  return () => void registry.subscriptions.delete(subscription);
}

/**
 * Returns the complete keys of a call with these arguments, for debugging: in a batch one for each
 * id, otherwise one. For a method whose key reads `this`, bind it:
 * `keysOf(users.profile.bind(users), 5)`.
 *
 * @throws ReceiverError if the function is not annotated
 * @throws KeyError for an argument that can't be part of a key
 * @example keysOf(getUser, 5) // ["shop.users.getUser|5"]
 */
export function keysOf<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): string[] {
  return keysOfCall(fn, args);
}

/**
 * Closes the caches at the end of a process. From now on annotated functions run uncached, and
 * `close` resolves when every load, refresh and write is done, including those in the background,
 * and backends have closed what they opened themselves. Your own clients stay open.
 * Invalidations are still carried out. `configure` opens the caches again.
 */
export async function close(): Promise<void> {
  registry.closed ||= registry.enabled;
  registry.enabled = false;
  await idle();
  const caches = [...registry.caches.values()];
  // The invalidations that an outage has left would be lost with the process.
  await Promise.all(caches.map((cache) => cache.replayNow().catch(() => {})));
  for (const { settings } of caches) await settings.backend.close?.();
}

/**
 * Resolves when no load and no write of any cache is under way, for use before a process ends and
 * in tests.
 */
export async function idle(): Promise<void> {
  const { caches } = registry;
  // The loaders of one cache may call functions of another.
  do await Promise.all(Array.from(caches.values(), (cache) => cache.idle()));
  while (Array.from(caches.values()).some(({ isBusy }) => isBusy));
}

const rows = {
  invalidateTag: optionsAt("invalidateTag"),
  verify: optionsAt("verify"),
  subscribe: optionsAt("subscribe"),
} as const;

/** Returns the name of the cache in the options, or null if it is left out. */
function cacheIn(place: keyof typeof rows, options: { cache?: string }): string | null {
  checkOptions(place, rows[place], options);
  return checkOption("cache", options.cache, isName, "must be the name of a cache", `${place}: `);
}

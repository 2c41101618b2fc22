import { cacheNamed } from "./configure";
import "./operations";
import { registry } from "./registry";

export type {
  AcquireRequest,
  AcquireResult,
  Backend,
  ReleaseRequest,
  RenewRequest,
  VersionRequest,
  WriteRequest,
} from "./backend";
export type { Clock } from "./clock";
export type { Codec } from "./codec";
export { configure, type Options } from "./configure";
export { BackendError, BatchError, CodecError, ConfigError, KeyError, ReceiverError, ZcacheError } from "./errors";
export type { CacheEvent, Listener } from "./events";
export { MemoryBackend, type MemoryBackendOptions } from "./memory-backend";
export { RedisBackend, type RedisClient } from "./redis-backend";
export { TieredBackend, type TieredBackendOptions } from "./tiered-backend";
export type { TierState } from "./invalidation-stream";

/**
 * Ends every entry that carries the tag, in one command, however many there are. Once it
 * has resolved no caller anywhere gets an old value.
 *
 * @param options.cache name of the cache; the default one if left out
 * @throws BackendError when the invalidation could not be carried out
 * @example await invalidateTag(`user:${id}`)
 */
export async function invalidateTag(tag: string, options: { cache?: string } = {}): Promise<void> {
  await cacheNamed(options.cache ?? registry.defaultName).invalidateTag(tag);
}

/** Resolves when no load and no write of any cache is under way: before a process ends, and in tests. */
export async function idle(): Promise<void> {
  await Promise.all([...registry.caches.values()].map((cache) => cache.idle()));
}

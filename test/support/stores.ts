import test, { type ExecutionContext } from "ava";
import { RedisBackend } from "../../runtime/backends/redis/redis-backend";
import { FakeClock } from "../../runtime/testing/fake-clock";
import { createCache, type TestCache, type TestCacheOptions } from "./cache";
import { type RedisServer, startRedis } from "./redis";

/** Creates the caches of a test. All of them keep their entries in one store. */
export type CreateCache = (options?: TestCacheOptions) => TestCache;

/** Registers the server that `onEachStore` needs. It has to be called once in a test file. */
export function useStores(): typeof onEachStore {
  test.before(async () => void (server = await startRedis()));
  test.after.always(async () => server?.stop());
  return onEachStore;
}

let server: RedisServer | undefined;

/**
 * Declares a test for the memory backend, and the same for Redis. They must not share keys, so
 * `name` differs.
 */
function onEachStore(
  title: string,
  run: (t: ExecutionContext, create: CreateCache) => Promise<void>,
): void {
  test.serial(`memory: ${title}`, async (t) => {
    const clock = new FakeClock();
    let inner: TestCacheOptions["inner"];
    await run(t, (options) => {
      const cache = createCache(t, { clock, ...(inner && { inner }), ...options });
      inner ??= cache.backend;
      return cache;
    });
  });
  test.serial(`redis: ${title}`, async (t) => {
    const client = (server as RedisServer).client();
    await client.flushall();
    await run(t, (options) =>
      createCache(t, { inner: new RedisBackend(client), remote: true, ...options }),
    );
  });
}

import test, { type ExecutionContext } from "ava";
import { createCache, type TestCache } from "../../support/cache";

/**
 * A function that mostly misses takes the lease with its read. Whatever then goes wrong must leave
 * no lease behind. The tests run one after the other, because `configure` makes all functions
 * forget that they mostly miss.
 */

/** The deadline is 250 ms. */
async function createMissing(t: ExecutionContext) {
  const cache = createCache(t, { remote: true, deadline: "250ms" });
  const f = cache.count({}, async (id: number) => ({ id }));
  for (let id = 100; id < 104; id++) await f(id);
  await cache.idle();
  cache.backend.takeTrace();
  f.loads.length = 0;
  return { cache, f };
}

/** The next call reads, takes the lease and stores, without waiting for anybody. */
async function isFree(
  t: ExecutionContext,
  cache: TestCache,
  f: (id: number) => Promise<unknown>,
  id: number,
) {
  cache.backend.takeTrace();
  t.deepEqual(await f(id), { id });
  await cache.idle();
  t.deepEqual(cache.backend.takeTrace(), ["read", "write"]);
}

test.serial(
  "a read that fails stores nothing, and the lease that it may have taken is given up",
  async (t) => {
    const { cache, f } = await createMissing(t);
    cache.backend.failNext("read");
    t.deepEqual(await f(5), { id: 5 });
    await cache.idle();
    t.deepEqual(cache.backend.takeTrace(), ["read", "release"]);
    await isFree(t, cache, f, 5);
    t.deepEqual(f.loads, [[5], [5]]);
  },
);

test.serial("a read whose answer comes after the deadline leaves no lease", async (t) => {
  const { cache, f } = await createMissing(t);
  const held = cache.backend.hold("read");
  const call = f(5);
  await held.reached;
  await cache.clock.advance(250);
  t.deepEqual(await call, { id: 5 });
  await cache.idle();
  t.deepEqual(cache.backend.takeTrace(), ["read", "release"]);
  held.release();
  await cache.clock.advance(0);
  t.deepEqual(cache.backend.takeTrace(), ["release"], "again, behind the late answer");
  t.is(await cache.peek("f|5"), null);
  await isFree(t, cache, f, 5);
});

test.serial("a write that fails gives up the lease that was taken with the read", async (t) => {
  const { cache, f } = await createMissing(t);
  cache.backend.failNext("write");
  t.deepEqual(await f(5), { id: 5 });
  await cache.idle();
  t.deepEqual(cache.backend.takeTrace(), ["read", "write", "release"]);
  t.is(await cache.peek("f|5"), null);
  await isFree(t, cache, f, 5);
});

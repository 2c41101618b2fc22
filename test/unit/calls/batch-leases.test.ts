import test, { type ExecutionContext } from "ava";
import type { LeaseRequest } from "../../../runtime/backends/backend";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import type { Plan } from "../../../runtime/plan";
import { FaultyBackend } from "../../../runtime/testing/faulty-backend";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

const list: Partial<Plan> = { batch: "array" };
const tag = template(["user:", ""], (id: unknown) => [id]);

/**
 * Creates a cache whose backend takes leases with a read, and records the keys of such reads. The
 * tests that use it are serial, because configuring another cache makes functions forget how much
 * was missing.
 */
function createLeasing(t: ExecutionContext) {
  const cache = createCache(t);
  const store = new MemoryBackend({ clock: cache.clock });
  const asked: (readonly string[])[] = [];
  const fault = { error: null as Error | null, late: false };
  const backend = Object.assign(new FaultyBackend(store, { name: "store" }), {
    async readAndLease(keys: readonly string[], request: LeaseRequest) {
      asked.push(keys);
      if (fault.error && !fault.late) throw fault.error;
      const answer = await store.readAndLease(keys, request);
      if (fault.error) throw fault.error;
      return answer;
    },
  });
  cache.configure({ backend });
  return { cache, store, backend, asked, fault };
}

test.serial("if a quarter was missing the last time, the next read takes the leases", async (t) => {
  const { cache, backend, asked } = createLeasing(t);
  const f = cache.count(list, async (ids: number[]) => ids.map((id) => id * 10));
  await f([1, 2, 3]);
  t.deepEqual(backend.takeTrace(), ["read", "acquire", "write"]);
  t.deepEqual(await f([3, 4, 5, 1]), [30, 40, 50, 10]);
  t.deepEqual(backend.takeTrace(), ["write"]);
  t.deepEqual(await f([1, 2, 3, 4, 6]), [10, 20, 30, 40, 60]);
  t.deepEqual(asked, [
    ["f|3", "f|4", "f|5", "f|1"],
    ["f|1", "f|2", "f|3", "f|4", "f|6"],
  ]);
  t.deepEqual(await f([7, 1, 2]), [70, 10, 20]);
  t.deepEqual(backend.takeTrace(), ["write", "read", "acquire", "write"]);
  t.deepEqual(f.loads, [[[1, 2, 3]], [[4, 5]], [[6]], [[7]]]);
});

test.serial(
  "if the entries are large, no leases are taken with the read, because a script would copy them",
  async (t) => {
    const { cache, asked } = createLeasing(t);
    const text = "x".repeat(40_000);
    const f = cache.count(list, async (ids: number[]) => ids.map(() => text));
    await f([1]);
    await f([1, 2]);
    await f([1, 2, 3]);
    await f([4]);
    t.deepEqual(asked, [
      ["f|1", "f|2"],
      ["f|1", "f|2", "f|3"],
    ]);
  },
);

test.serial(
  "an outdated entry still needs a lease of its own, and the loader runs once for all",
  async (t) => {
    const { cache, store, backend } = createLeasing(t);
    const f = cache.count({ ...list, tags: [tag] }, async (ids: number[]) => ids);
    await f([1, 2]);
    await cache.invalidateTag("user:2");
    backend.takeTrace();
    await f([1, 2, 3]);
    t.deepEqual(backend.takeTrace(), ["ensureVersions", "acquire", "write"]);
    t.deepEqual(f.loads[1], [[2, 3]]);
    await f([1, 2, 3]);
    t.is(f.loads.length, 2);
    await store.delete(["f|1", "f|2"]);
    await cache.invalidateTag("user:3");
    await f([1, 3]);
    backend.takeTrace();
    backend.failNext("acquire");
    await cache.invalidateTag("user:3");
    t.deepEqual(await f([3, 2]), [3, 2]);
    await cache.idle();
    await f([3, 2]);
    t.deepEqual(
      f.loads.slice(-2),
      [[[3, 2]], [[3]]],
      "the other, which had its lease with the read, was stored",
    );
  },
);

test.serial("leases that were taken with a read and are not needed are released", async (t) => {
  const { cache, store, backend, asked } = createLeasing(t);
  const gate = deferred();
  const batch = cache.count(list, async (ids: number[]) => ids);
  const single = cache.count({}, async (id: number) => (await gate.promise, id));
  await batch([8]);
  // Its read is under way, and so is that of the batch.
  const first = single(1);
  const both = batch([1, 2]);
  await settled();
  t.deepEqual(asked, [["f|1", "f|2"]]);
  gate.resolve();
  await settled();
  await cache.clock.advance(5);
  t.deepEqual(await Promise.all([first, both]), [1, [1, 2]]);
  t.deepEqual([single.loads, batch.loads], [[[1]], [[[8]], [[2]]]]);
  await cache.idle();
  t.is(backend.count("release"), 1);
  t.true((await store.read(["f|2"]))[0] !== null);
});

test.serial(
  "a read with leases that fails is a fault, releases them, and is followed by plain reads",
  async (t) => {
    const { cache, store, backend, asked, fault } = createLeasing(t);
    const f = cache.count(list, async (ids: number[]) => ids);
    await f([1]);
    await cache.idle();
    cache.takeTrace();
    backend.takeTrace();
    Object.assign(fault, { error: new Error("The store is down"), late: true });
    t.deepEqual(await f([2, 3]), [2, 3]);
    await cache.idle();
    t.deepEqual(cache.takeTrace().slice(0, 1), ["fault read f|2 f|3"]);
    t.deepEqual(backend.takeTrace(), ["release"]);
    t.deepEqual(await store.read(["f|2", "f|3"]), [null, null]);
    t.deepEqual(await f([2, 3]), [2, 3]);
    t.is(asked.length, 1);
  },
);

test("thousands of ids take one call of each kind, and one timer renews their leases", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const ids = Array.from({ length: 4_000 }, (_, i) => i);
  const f = cache.count(list, async (some: number[]) => (await gate.promise, some));
  const call = f(ids);
  await settled();
  t.is(cache.clock.pending, 1);
  await cache.clock.advance(2_000);
  t.is(cache.backend.count("renew"), 1);
  gate.resolve();
  t.deepEqual(await call, ids);
  t.deepEqual(cache.backend.takeTrace(), ["read", "acquire", "renew", "write"]);
});

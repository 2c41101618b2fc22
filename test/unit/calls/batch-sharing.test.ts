import test from "ava";
import type { Plan } from "../../../runtime/plan";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

const list: Partial<Plan> = { batch: "array" };

test("concurrent batches share the ids in flight", async (t) => {
  const cache = createCache(t);
  const f = cache.count(list, async (ids: number[]) => ids.map((id) => ({ id })));
  const [a, b, c] = await Promise.all([f([1, 2]), f([2, 3]), f([3, 1, 4])]);
  t.deepEqual(
    [a, b, c],
    [
      [{ id: 1 }, { id: 2 }],
      [{ id: 2 }, { id: 3 }],
      [{ id: 3 }, { id: 1 }, { id: 4 }],
    ],
  );
  t.deepEqual(f.loads, [[[1, 2]], [[3]], [[4]]]);
  t.not(a?.[1], b?.[0]);
});

test("batches that wait for each other's ids, in crossing order, come to an end", async (t) => {
  const cache = createCache(t);
  const other = createCache(t, { inner: cache.backend, clock: cache.clock });
  const load = async (ids: number[]) => (await settled(), ids);
  const [a, b] = [cache.count(list, load), other.count(list, load)];
  const calls = [
    a([1, 2, 3]),
    b([3, 2, 1]),
    a([3, 4, 1]),
    b([4, 1, 2, 3]),
    a([2, 1]),
    b([1, 5, 2]),
  ];
  const all = Promise.all(calls);
  for (let i = 0; i < 40; i++) await cache.clock.advance(50);
  t.deepEqual(await all, [
    [1, 2, 3],
    [3, 2, 1],
    [3, 4, 1],
    [4, 1, 2, 3],
    [2, 1],
    [1, 5, 2],
  ]);
  const loaded = [...a.loads, ...b.loads].flat(2).sort();
  t.deepEqual(loaded, [1, 2, 3, 4, 5], "each once, over both processes");
});

test("a batch and a single function may share keys, and loads", async (t) => {
  const cache = createCache(t);
  const key = template(["user:", ""], (id: unknown) => [id]);
  const gate = deferred();
  const many = cache.count({ ...list, name: "many", key }, async (ids: number[]) => {
    await gate.promise;
    return ids.map((id) => ({ id, by: "many" }));
  });
  const one = cache.count({ name: "one", key }, async (id: number) => ({ id, by: "one" }));
  const acquire = cache.backend.hold("acquire");
  const first = many([1, 2]);
  await acquire.reached;
  const both = Promise.all([first, one(2)]);
  await settled();
  acquire.release();
  await settled();
  gate.resolve();
  t.deepEqual((await both)[1], { id: 2, by: "many" });
  t.is(one.loads.length, 0);
});

test("an error is shared by callers that wanted the same ids, and by none that did not request the id that caused it", async (t) => {
  const cache = createCache(t);
  const f = cache.count(list, async (ids: number[]) => {
    if (ids.includes(1)) throw new Error("1 is to blame");
    return ids;
  });
  const results = await Promise.allSettled([f([1, 2]), f([2, 3]), f([2, 1]), f([2])]);
  t.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? result.value : "rejected")),
    ["rejected", [2, 3], "rejected", [2]],
  );
  t.is(f.loads.filter(([ids]) => ids.includes(1)).length, 1);
});

test("later batches wait for the ids in flight and read them again, loading their own at once", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const f = cache.count(list, async (ids: number[]) => {
    if (ids.includes(1)) await gate.promise;
    return ids;
  });
  const first = f([1, 2]);
  await settled();
  const second = f([2, 3]);
  await settled();
  t.deepEqual(f.loads, [[[1, 2]], [[3]]]);
  gate.resolve();
  t.deepEqual(await Promise.all([first, second]), [
    [1, 2],
    [2, 3],
  ]);
  t.is(f.loads.length, 2);
});

import test, { type ExecutionContext } from "ava";
import type { LeaseRequest } from "../../../runtime/backends/backend";
import { BatchError, KeyError } from "../../../runtime/errors";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import type { Plan } from "../../../runtime/plan";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { FaultyBackend } from "../../../runtime/testing/faulty-backend";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

const list: Partial<Plan> = { batch: "array" };
const rest: Partial<Plan> = { batch: "array", rest: true };
const map: Partial<Plan> = { batch: "map" };
const tag = template(["user:", ""], (id: unknown) => [id]);

test("one read for all ids, one run of the loader for those that are missing, one write", async (t) => {
  const cache = createCache(t);
  const f = cache.count(list, async (ids: number[]) => ids.map((id) => id * 10));
  t.deepEqual(await f([1, 2, 3]), [10, 20, 30]);
  t.deepEqual(cache.backend.takeTrace(), ["read", "acquire", "write"]);
  t.deepEqual(await f([2, 3, 4, 1]), [20, 30, 40, 10]);
  t.deepEqual(f.loads, [[[1, 2, 3]], [[4]]]);
  cache.backend.takeTrace();
  await f([1, 2, 3, 4]);
  t.deepEqual(cache.backend.takeTrace(), ["read"]);
  t.is(await cache.peek("f|1"), "10");
});

/**
 * A cache whose backend takes leases with a read; what it was asked for in that way. Its tests are
 * serial: what another one configures makes functions forget how much was missing.
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
  // Its read is on its way, and so is that of the batch.
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

test("the rest form takes and passes ids as arguments", async (t) => {
  const cache = createCache(t);
  const f = cache.count(rest, async (...ids: number[]) => ids.map((id) => id * 10));
  t.deepEqual(await f(1, 2, 3), [10, 20, 30]);
  t.deepEqual(await f(3, 4), [30, 40]);
  t.deepEqual(f.loads, [[1, 2, 3], [4]]);
});

test("further parameters are part of every key and reach the loader", async (t) => {
  const cache = createCache(t);
  const f = cache.count(list, async (ids: number[], lang: string) =>
    ids.map((id) => `${id}${lang}`),
  );
  t.deepEqual(await f([1], "en"), ["1en"]);
  t.deepEqual(await f([1, 2], "de"), ["1de", "2de"]);
  t.deepEqual(await f([1, 2], "en"), ["1en", "2en"]);
  t.deepEqual(f.loads, [
    [[1], "en"],
    [[1, 2], "de"],
    [[2], "en"],
  ]);
  t.is(await cache.peek("f|1-en"), '"1en"');
});

test("the loader gets each missing id once, in first-seen order; the answer is in the caller's order", async (t) => {
  const cache = createCache(t);
  const f = cache.count(list, async (ids: unknown[]) => ids.map(String));
  await f([3]);
  t.deepEqual(await f([5, 3, 1, 5, 4, 1, "5"]), ["5", "3", "1", "5", "4", "1", "5"]);
  t.deepEqual(f.loads[1], [[5, 1, 4, "5"]]);
});

test("0 and -0 are two ids, and a hole in the list is none", async (t) => {
  const cache = createCache(t);
  const f = cache.count(list, async (ids: number[]) =>
    ids.map((id) => (Object.is(id, -0) ? "-0" : String(id))),
  );
  t.deepEqual(await f([0, -0, 1]), ["0", "-0", "1"]);
  const ids = [1, 2, 3];
  delete ids[1];
  for (const answer of [await f(ids), await f(ids)]) {
    t.deepEqual(Object.entries(answer), [
      ["0", "1"],
      ["2", "3"],
    ]);
    t.is(answer.length, 3);
  }
  t.deepEqual(f.loads, [[[0, -0, 1]], [[3]]]);
});

test("nulls are cached, and have their own ttl for each id", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ ...list, ttlMs: 60_000, nullTtlMs: 2_000 }, async (ids: number[]) =>
    ids.map((id) => (id % 2 === 0 ? null : id)),
  );
  t.deepEqual(await f([1, 2]), [1, null]);
  t.deepEqual(await f([1, 2]), [1, null]);
  await cache.clock.advance(2_000);
  await f([1, 2]);
  t.deepEqual(f.loads, [[[1, 2]], [[2]]]);
});

test("a Map's absent ids are left out, on a miss and on a hit, and are cached", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ ...map, ttlMs: 60_000, nullTtlMs: 2_000 }, async (ids: string[]) => {
    const found = new Map<string, number | null>();
    for (const id of ids) if (id !== "none") found.set(id, id === "null" ? null : id.length);
    return found;
  });
  const expected = new Map([
    ["null", null],
    ["abc", 3],
  ]);
  t.deepEqual(await f(["none", "null", "abc"]), expected);
  t.deepEqual(await f(["none", "null", "abc"]), expected);
  t.is(f.loads.length, 1);
  t.deepEqual(
    [...(await f(["abc", "none", "null"])).keys()],
    ["abc", "null"],
    "in the caller's order",
  );
  await cache.clock.advance(2_000);
  await f(["none", "null", "abc"]);
  t.deepEqual(f.loads[1], [["none", "null"]]);
});

test("ids that are objects keep the caller's identity in a Map", async (t) => {
  const cache = createCache(t);
  const f = cache.count(
    map,
    async (ids: { id: number }[]) => new Map(ids.map((id) => [id, id.id])),
  );
  const [a, b] = [{ id: 1 }, { id: 1 }];
  t.deepEqual([...(await f([a]))], [[a, 1]]);
  const [found] = [...(await f([b])).keys()];
  t.is(found, b);
});

test("no ids: the loader isn't called and the backend isn't asked", async (t) => {
  const cache = createCache(t);
  const f = cache.count(list, async (ids: number[]) => ids);
  const g = cache.count(rest, async (...ids: number[]) => ids);
  const m = cache.count(map, async (_ids: number[]) => new Map<number, number>());
  t.deepEqual(await f([]), []);
  t.deepEqual(await g(), []);
  t.deepEqual(await m([]), new Map());
  t.deepEqual(await f.refresh([]), []);
  await f.invalidate([]);
  t.is(f.loads.length + g.loads.length + m.loads.length, 0);
  t.deepEqual(cache.backend.takeTrace(), []);
});

test("a result of the wrong shape rejects with what it was, and stores nothing", async (t) => {
  const cache = createCache(t);
  const shapes: [plan: Partial<Plan>, result: unknown, message: string][] = [
    [
      list,
      [1],
      "shop.many returned 1 results for 2 ids. It must return one for each id, in the same order.",
    ],
    [
      list,
      [1, 2, 3],
      "shop.many returned 3 results for 2 ids. It must return one for each id, in the same order.",
    ],
    [list, null, "shop.many must return an array with one result for each id, but returned null."],
    [list, "ab", "shop.many must return an array with one result for each id, but returned ab."],
    [
      list,
      { 0: 1 },
      "shop.many must return an array with one result for each id, but returned an object.",
    ],
    [
      list,
      new Map(),
      "shop.many must return an array with one result for each id, but returned a Map. Declare its return type as Promise<Map<…>>.",
    ],
    [map, [1, 2], "shop.many is declared to return a Map, but returned an array of 2."],
    [map, undefined, "shop.many is declared to return a Map, but returned undefined."],
  ];
  for (const [plan, result, message] of shapes) {
    const f = cache.count({ ...plan, name: "shop.many" }, async (_ids: number[]) => result);
    await t.throwsAsync(f([1, 2]), { instanceOf: BatchError, code: "ZCACHE_BATCH", message });
    await t.throwsAsync(f.refresh([1, 2]), { instanceOf: BatchError, message });
    t.is(await cache.peek("shop.many|1"), null);
    t.is(await cache.peek("shop.many|2"), null);
    t.is(f.loads.length, 2);
  }
});

test("ids that are not an array, and one id that can't be a key, give a KeyError and load nothing", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ ...list, name: "shop.many" }, async (ids: unknown[]) => ids);
  await t.throwsAsync(f(5 as never), {
    instanceOf: KeyError,
    message: "shop.many is a batch over its first argument, which must be an array of ids.",
  });
  const message =
    "Argument 1 of shop.many is a function, which can't be part of a key. Leave it out with an explicit key template.";
  await t.throwsAsync(f([1, () => 1, 2]), { instanceOf: KeyError, message });
  await t.throwsAsync(f.invalidate([1, () => 1, 2]), { instanceOf: KeyError, message });
  await t.throwsAsync(f.refresh([1, () => 1, 2]), { instanceOf: KeyError, message });
  t.is(f.loads.length, 0);
  t.deepEqual(cache.backend.takeTrace(), []);
});

test("a loader's error rejects the whole call, stores nothing and leaves no lease", async (t) => {
  const cache = createCache(t);
  let fail = true;
  const f = cache.count(list, async (ids: number[]) => {
    if (fail) throw new Error("down");
    return ids;
  });
  await t.throwsAsync(f([1, 2]), { message: "down" });
  fail = false;
  cache.backend.takeTrace();
  t.deepEqual(await f([1, 2]), [1, 2]);
  t.deepEqual(cache.backend.takeTrace(), ["read", "acquire", "write"]);
});

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

test("each id has its own tags; K ids and T tags are one read", async (t) => {
  const cache = createCache(t);
  const all = template(["all"], () => []);
  const f = cache.count({ ...list, tags: [tag, all] }, async (ids: number[]) => ids);
  await f([1, 2, 3]);
  t.deepEqual(cache.backend.takeTrace(), ["read", "ensureVersions", "acquire", "write"]);
  await f([1, 2, 3]);
  t.deepEqual(cache.backend.calls[0]?.keys, [
    "f|1",
    "f|2",
    "f|3",
    "tag:user:1~",
    "tag:all~",
    "tag:user:2~",
    "tag:user:3~",
  ]);
  t.is(cache.backend.calls.length, 1);
  await cache.invalidateTag("user:2");
  await f([1, 2, 3]);
  t.deepEqual(f.loads[1], [[2]]);
  await cache.invalidateTag("all");
  await f([1, 2, 3]);
  t.deepEqual(f.loads[2], [[1, 2, 3]]);
});

test("`when` decides for each id, and sees it", async (t) => {
  const cache = createCache(t);
  const when = (result: unknown, id: unknown, lang: unknown) =>
    result !== "draft" && id !== 3 && lang === "en";
  const f = cache.count({ ...list, when }, async (ids: number[], _lang: string) =>
    ids.map((id) => (id === 2 ? "draft" : "final")),
  );
  await f([1, 2, 3], "en");
  await f([1, 2, 3], "en");
  t.deepEqual(f.loads[1], [[2, 3], "en"]);
});

test("refresh, nocache and invalidate work for each id", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.count({ ...list, tags: [tag] }, async (ids: number[]) =>
    ids.map((id) => `${id}:${++n}`),
  );
  t.deepEqual(await f([1, 2, 3]), ["1:1", "2:2", "3:3"]);
  t.deepEqual(await f.refresh([2, 4, 2]), ["2:4", "4:5", "2:4"]);
  t.deepEqual(f.loads[1], [[2, 4]]);
  t.deepEqual(await f([1, 2, 3, 4]), ["1:1", "2:4", "3:3", "4:5"]);
  t.deepEqual(await f.nocache([1]), ["1:6"]);
  cache.takeTrace();
  cache.backend.takeTrace();
  await f.invalidate([3, 4, 3]);
  t.deepEqual(cache.backend.takeTrace(), ["delete"]);
  t.deepEqual(cache.takeTrace(), ["invalidate f|3", "invalidate f|4"]);
  t.deepEqual(await f([1, 2, 3, 4]), ["1:1", "2:4", "3:7", "4:8"]);
});

test("a refresh of several ids stores those that `when` allows and invalidates the others", async (t) => {
  const cache = createCache(t);
  let draft = false;
  const when = (result: unknown) => result !== "draft";
  const f = cache.wrap({ ...list, when }, async (ids: number[]) =>
    ids.map((id) => (draft && id === 2 ? "draft" : "x")),
  );
  await f([1, 2]);
  draft = true;
  t.deepEqual(await f.refresh([1, 2]), ["x", "draft"]);
  t.deepEqual([await cache.peek("f|1"), await cache.peek("f|2")], ['"x"', null]);
});

test("refresh of a Map batch leaves absent ids out", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap(
    map,
    async (ids: number[]) => new Map(ids.filter((id) => id > 1).map((id) => [id, id])),
  );
  t.deepEqual(await f.refresh([1, 2]), new Map([[2, 2]]));
  t.deepEqual(await f([1, 2]), new Map([[2, 2]]));
});

test("a Map batch in the rest form", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap(
    { ...map, rest: true },
    async (...ids: number[]) => new Map(ids.map((id) => [id, -id])),
  );
  t.deepEqual(
    await f(1, 2),
    new Map([
      [1, -1],
      [2, -2],
    ]),
  );
  t.deepEqual(
    await f(2, 1),
    new Map([
      [2, -2],
      [1, -1],
    ]),
  );
});

test("a batch whose backend fails returns what the loader returns", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ ...list, tags: [tag] }, async (ids: number[]) => ids);
  for (const operation of ["read", "acquire", "ensureVersions", "write"] as const) {
    cache.backend.fail(operation);
    t.deepEqual(await f([1, 2, 1]), [1, 2, 1], operation);
    cache.backend.heal();
    await cache.idle();
    await f.invalidate([1, 2]);
    await f.invalidateTag("user:1");
  }
  t.is(f.loads.length, 4);
});

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

test("a batch that a tier reads one by one stays below the operations that the guard lets through", async (t) => {
  const clock = new FakeClock();
  const cache = createCache(t, {
    remote: true,
    clock,
    inner: new MemoryBackend({ clock, maxEntries: 20_000 }),
  });
  const ids = Array.from({ length: 12_000 }, (_, id) => id);
  const f = cache.count({ ...list, memoryMs: 60_000 }, async (missing: number[]) =>
    missing.map((id) => id * 10),
  );
  await f(ids);
  await cache.idle();
  t.is((await f(ids)).length, ids.length);
  t.is(f.loads.length, 1);
  t.deepEqual(
    cache.events.filter(({ type }) => type === "fault" || type === "breaker"),
    [],
  );
});

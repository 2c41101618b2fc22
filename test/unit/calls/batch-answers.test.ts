import test from "ava";
import { BatchError, KeyError } from "../../../runtime/errors";
import type { Plan } from "../../../runtime/plan";
import { createCache } from "../../support/cache";

const list: Partial<Plan> = { batch: "array" };
const rest: Partial<Plan> = { batch: "array", rest: true };
const map: Partial<Plan> = { batch: "map" };

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

test("the rest form takes and passes ids as arguments", async (t) => {
  const cache = createCache(t);
  const f = cache.count(rest, async (...ids: number[]) => ids.map((id) => id * 10));
  t.deepEqual(await f(1, 2, 3), [10, 20, 30]);
  t.deepEqual(await f(3, 4), [30, 40]);
  t.deepEqual(f.loads, [[1, 2, 3], [4]]);
});

import test from "ava";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import type { Plan } from "../../../runtime/plan";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { createCache } from "../../support/cache";
import { template } from "../../support/templates";

const list: Partial<Plan> = { batch: "array" };
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

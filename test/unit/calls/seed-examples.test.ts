import test from "ava";
import { method } from "../../../runtime/calls/cached-function";
import { at } from "../../../runtime/calls/operations-on-receiver";
import { createCache } from "../../support/cache";
import { keyOver, template } from "../../support/templates";

/**
 * The examples of the Python library's README, one by one. A counter stands for its random numbers.
 */

test("basic usage", async (t) => {
  const cache = createCache(t);
  let random = 0;
  // @zcache
  const add = cache.wrap({ name: "add" }, async (a: number, b: number) => a + b + ++random);
  const result1 = await add(5, 6);
  t.is(await add(5, 6), result1);
  await add.invalidate(5, 6);
  t.not(await add(5, 6), result1);
});

test("tag-based invalidation", async (t) => {
  const cache = createCache(t);
  let random = 0;
  // @zcache tags: ["a:{0}"]
  const tags = [template(["a:", ""], (a: unknown) => [a])];
  const add = cache.wrap({ name: "add", tags }, async (a: number, b: number) => a + b + ++random);
  const result1 = await add(5, 6);
  const result2 = await add(5, 7);
  t.is(await add(5, 6), result1);
  await add.invalidateTag("a:5");
  t.not(await add(5, 6), result1);
  t.not(await add(5, 7), result2);
});

test("refresh, on a method", async (t) => {
  const cache = createCache(t);
  class A {
    extra = 0;
    // @zcache
    async add(a: number, b: number): Promise<number> {
      this.extra += 1;
      return a + b + this.extra;
    }
  }
  const plan = {
    name: "A.add",
    cache: cache.name,
    receiver: true,
    key: keyOver((...args: unknown[]) => args),
  };
  method(() => plan, A.prototype, "add");
  const a = new A();
  t.is(await a.add(5, 6), 12);
  t.is(a.extra, 1);
  t.is(await (at(a, "add") as typeof a.add).refresh(5, 6), 13);
  t.is(a.extra, 2);
  t.is(await a.add(5, 6), 13);
});

test("batch", async (t) => {
  const cache = createCache(t);
  // @zcache batch
  const getComments = cache.count(
    { name: "getComments", batch: "array", rest: true },
    async (...ids: number[]) => ids.map((id) => ({ id })),
  );
  await getComments(1, 2, 3, 4, 5);
  await getComments(2, 3, 4, 5, 6);
  t.deepEqual(getComments.loads, [[1, 2, 3, 4, 5], [6]]);
  await getComments.invalidate(3, 4, 5);
  t.deepEqual(
    (await getComments(1, 2, 3, 4, 5)).map(({ id }) => id),
    [1, 2, 3, 4, 5],
  );
  t.deepEqual(getComments.loads[2], [3, 4, 5]);
});

test("explicit keys stay the same whatever the code is named", async (t) => {
  const cache = createCache(t);
  let count = 0;
  // @zcache "counter.B.add|{0}-{1}"
  const key = template(["counter.B.add|", "-", ""], (a: unknown, b: unknown) => [a, b]);
  const add = cache.wrap({ name: "B.add", key }, async (a: number, b: number) => a + b + count++);
  const renamed = cache.wrap(
    { name: "Counter.sum", key },
    async (a: number, b: number) => a + b + count++,
  );
  t.is(await add(5, 6), 11);
  t.is(await cache.peek("counter.B.add|5-6"), "11");
  t.is(await renamed(5, 6), 11);
});

test("static methods", async (t) => {
  const cache = createCache(t);
  let random = 0;
  class AC {
    // @zcache
    static async add(a: number, b: number): Promise<number> {
      return a + b + ++random;
    }
  }
  method(() => ({ name: "AC.add", cache: cache.name, key: keyOver((...args) => args) }), AC, "add");
  const result1 = await AC.add(5, 6);
  t.is(await AC.add(5, 6), result1);
  await AC.add.invalidate(5, 6);
  t.not(await AC.add(5, 6), result1);
});

test("a namespace keeps old and new code apart", async (t) => {
  const cache = createCache(t);
  // @zcache namespace: v1
  const v1 = cache.wrap({ name: "A.add", namespace: "v1" }, async (_id: number) => "old columns");
  const v2 = cache.wrap({ name: "A.add", namespace: "v2" }, async (_id: number) => "new columns");
  t.is(await v1(5), "old columns");
  t.is(await v2(5), "new columns");
  t.is(await cache.peek("v1:A.add|5"), '"old columns"');
});

test("nulls are cached against cache penetration", async (t) => {
  const cache = createCache(t);
  // @zcache
  const find = cache.count({ name: "find" }, async (_id: number) => null);
  await find(404);
  await find(404);
  t.is(find.loads.length, 1);
});

test("unlike in the seed, other arguments have other keys", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (...args: unknown[]) => args);
  await f("1-2", 3);
  await f(1, "2-3");
  await f("1");
  await f(1);
  t.is(f.loads.length, 4);
});

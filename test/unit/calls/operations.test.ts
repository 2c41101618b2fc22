import test from "ava";
import { wrap } from "../../../runtime/calls/cached-function";
import { ConfigError } from "../../../runtime/errors";
import { invalidateTag } from "../../../runtime/index";
import { createCache } from "../../support/cache";
import { keyOver, template } from "../../support/templates";

const tag = template(["user:", ""], (id: unknown) => [id]);

test("nocache neither reads nor stores", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (a: number, b: number) => a + b);
  t.is(await f.nocache(5, 6), 11);
  t.is(await f.nocache(5, 6), 11);
  t.is(f.loads.length, 2);
  t.deepEqual(cache.backend.takeTrace(), []);
  t.deepEqual(cache.takeTrace(), []);
});

test("invalidate ends one entry, tagged or not, in one command", async (t) => {
  const cache = createCache(t);
  for (const plan of [{ name: "plain" }, { name: "tagged", tags: [tag] }]) {
    const f = cache.count(plan, async (id: number) => id);
    await Promise.all([f(5), f(6)]);
    cache.takeTrace();
    cache.backend.takeTrace();
    t.is(await f.invalidate(5), undefined);
    t.deepEqual(cache.backend.takeTrace(), ["delete"]);
    t.deepEqual(cache.takeTrace(), [`invalidate ${plan.name}|5`]);
    await Promise.all([f(5), f(6)]);
    t.deepEqual(f.loads, [[5], [6], [5]]);
  }
});

test("invalidating what was never stored is not an error", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async (id: number) => id);
  await f.invalidate(5);
  t.deepEqual(cache.takeTrace(), ["invalidate f|5"]);
});

test("invalidate works even if a tag can't be read", async (t) => {
  const cache = createCache(t);
  const plan = {
    key: keyOver((id: unknown) => [id]),
    tags: [template(["org:", ""], (_: unknown, org: unknown) => [(org as { id: number }).id])],
  };
  const f = cache.wrap(plan, async (id: number, _org?: { id: number }) => id);
  await t.notThrowsAsync(f.invalidate(5));
  const many = cache.wrap(
    { ...plan, batch: "array" },
    async (ids: number[], _org?: { id: number }) => ids,
  );
  await t.notThrowsAsync(many.invalidate([5, 6]));
});

test("invalidateTag of a function is that of its cache", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags: [tag] }, async (id: number) => id);
  for (const end of [
    () => f.invalidateTag("user:5"),
    () => cache.invalidateTag("user:5"),
    () => invalidateTag("user:5", { cache: cache.name }),
  ]) {
    await f(5);
    cache.takeTrace();
    await end();
    t.deepEqual(cache.takeTrace(), ["invalidate tag user:5"]);
  }
  await f(5);
  t.is(f.loads.length, 4);
});

test("a tag is a text", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async () => 1);
  for (const [value, shown] of [
    ["", '""'],
    [5, "5"],
    [undefined, "undefined"],
    [["a"], "an array"],
  ]) {
    const message = `invalidateTag takes the tag's text, but got: ${String(shown)}.`;
    await t.throwsAsync(f.invalidateTag(value as string), { instanceOf: ConfigError, message });
    await t.throwsAsync(invalidateTag(value as string), { instanceOf: ConfigError, message });
  }
  await t.throwsAsync(invalidateTag("a", { cache: "none" }), { instanceOf: ConfigError });
});

test("a cached function has the name, the length and the look of an async function", (t) => {
  const cache = createCache(t);
  const f = wrap(
    () => ({ name: "m.add", key: keyOver(() => []), cache: cache.name }),
    async function add(_a: unknown, _b: unknown) {},
  );
  t.is(f.name, "add");
  t.is(f.length, 2);
  t.is(Object.prototype.toString.call(f), "[object AsyncFunction]");
  t.true(f instanceof Function);
  t.deepEqual(Object.keys(f), []);
});

test("an alias is the same function, with its operations", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  const alias = f;
  const holder = { f };
  await alias(5);
  await holder.f(5);
  t.is(f.loads.length, 1);
  await holder.f.invalidate(5);
  await alias(5);
  t.is(f.loads.length, 2);
});

import test from "ava";
import { parseStored } from "../../../runtime/entry/entry";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

const tag = (text: string) => template([`${text}:`, ""], (id: unknown) => [id]);
const fixed = (text: string) => template([text], () => []);
const hour = 3_600_000;

test("a tag invalidates every entry that carries it, of all functions of its cache, in one command", async (t) => {
  const cache = createCache(t);
  const profile = cache.count(
    { name: "profile", tags: [tag("user"), fixed("all")] },
    async (id: number) => ({ id }),
  );
  const orders = cache.count({ name: "orders", tags: [tag("user")] }, async (id: number) => [id]);
  const call = () => Promise.all([profile(5), profile(6), orders(5), orders(6)]);
  await call();
  await call();
  cache.backend.takeTrace();
  await profile.invalidateTag("user:5");
  t.deepEqual(cache.backend.takeTrace(), ["delete"]);
  await call();
  t.deepEqual(profile.loads, [[5], [6], [5]]);
  t.deepEqual(orders.loads, [[5], [6], [5]]);
  await cache.invalidateTag("all");
  await call();
  t.deepEqual(profile.loads.slice(3), [[5], [6]]);
  t.is(orders.loads.length, 3);
});

test("caches don't share tags, nor do namespaces in one store", async (t) => {
  const a = createCache(t, { namespace: "a" });
  const b = createCache(t, { namespace: "b", inner: a.backend, clock: a.clock });
  const ofA = a.count({ tags: [tag("user")] }, async (id: number) => id);
  const ofB = b.count({ tags: [tag("user")] }, async (id: number) => id);
  await Promise.all([ofA(5), ofB(5)]);
  await b.invalidateTag("user:5");
  await Promise.all([ofA(5), ofB(5)]);
  t.deepEqual([ofA.loads.length, ofB.loads.length], [1, 2]);
  t.true(a.backend.allKeys.includes("a:tag:user:5~"));
  t.true(a.backend.allKeys.includes("b:tag:user:5~"));
});

test("a function's own namespace is not part of its tags", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ namespace: "v1", tags: [tag("user")] }, async (id: number) => id);
  await f(5);
  await cache.invalidateTag("user:5");
  await f(5);
  t.is(f.loads.length, 2);
});

test("a tagged hit is one read of the entry and its versions; a first miss makes them beside the lease", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({ tags: [tag("a"), tag("b")] }, async (id: number) => id);
  await f(5);
  t.deepEqual(cache.backend.takeTrace(), ["read", "ensureVersions", "acquire", "write"]);
  await f(5);
  t.deepEqual(cache.backend.calls, [{ operation: "read", keys: ["f|5", "tag:a:5~", "tag:b:5~"] }]);
  cache.backend.takeTrace();
  await f.invalidate(5);
  await f(5);
  t.deepEqual(
    cache.backend.takeTrace(),
    ["delete", "read", "acquire", "write"],
    "the versions stand",
  );
});

test("a tag's text is what `invalidateTag` is given, whatever is in it", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags: [tag("user")] }, async (id: unknown) => id);
  for (const [id, text] of [
    ["a:b", "user:a:b"],
    [5, "user:5"],
    ["", "user:"],
    ["é {x}", "user:é {x}"],
  ] as const) {
    const before = f.loads.length;
    await f(id);
    await f(id);
    await cache.invalidateTag(text);
    await f(id);
    t.is(f.loads.length, before + 2, text);
  }
});

test("a version that was lost makes a miss, and the old entry never comes back", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.count({ tags: [tag("user")] }, async (id: number) => `${id}:${++n}`);
  await f(5);
  const [version] = await cache.backend.read(["tag:user:5~"]);
  await cache.backend.delete(["tag:user:5~"]);
  const [entry] = await cache.backend.read(["f|5"]);
  t.is(await f(5), "5:2");
  t.notDeepEqual(await cache.backend.read(["tag:user:5~"]), [version as Buffer]);
  // The old bytes were put back, as a replica that lags behind would do.
  await cache.put("f|5", entry as Buffer);
  t.is(await f(5), "5:3");
});

test("something else under a tag's key is not a version, and is replaced", async (t) => {
  const cache = createCache(t);
  await cache.put("tag:user:5~", Buffer.from("an entry of a function whose key begins with tag:"));
  const f = cache.count({ tags: [tag("user")] }, async (id: number) => id);
  await f(5);
  await f(5);
  t.is(f.loads.length, 1);
  const [version] = await cache.backend.read(["tag:user:5~"]);
  t.is(version?.length, 8);
});

test("an entry carries the versions from before its load: an invalidation during the load leaves it dead", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  let value = "old";
  const f = cache.count({ tags: [tag("user")] }, async (_id: number) => {
    const read = value;
    await gate.promise;
    return read;
  });
  const first = f(5);
  await settled();
  value = "new";
  await f.invalidateTag("user:5");
  gate.resolve();
  t.is(await first, "old");
  t.is(await f(5), "new");
  t.is(await f(5), "new");
  t.is(f.loads.length, 2);
});

test("the same where the version is new: it was made before the loader ran", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags: [tag("user")] }, async (id: number) => {
    t.not((await cache.backend.read([`tag:user:${id}~`]))[0], null);
    return id;
  });
  await f(5);
  const [bytes] = await cache.backend.read(["f|5", "tag:user:5~"]);
  const stored = parseStored(bytes as Buffer);
  t.true(stored !== "unreadable" && stored.payload !== null);
  t.deepEqual(
    stored !== "unreadable" && stored.payload && stored.versions,
    (await cache.backend.read(["tag:user:5~"])).map((version) => version?.toString()) as never,
  );
});

test("a version lasts at least as long as the entries written under it", async (t) => {
  const cache = createCache(t);
  const short = cache.count({ name: "short", ttlMs: 1_000, tags: [fixed("t")] }, async () => 1);
  const long = cache.count({ name: "long", ttlMs: hour, tags: [fixed("t")] }, async () => 1);
  const nulls = cache.count(
    { name: "nulls", ttlMs: 1_000, nullTtlMs: 2 * hour, tags: [fixed("n")] },
    async () => null,
  );
  await short();
  await long();
  await nulls();
  await cache.clock.advance(hour - 1);
  await long();
  await nulls();
  t.deepEqual([long.loads.length, nulls.loads.length], [1, 1]);
  await cache.clock.advance(hour);
  await nulls();
  t.is(nulls.loads.length, 1);
});

test("a version in use is kept alive by every write", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ ttlMs: hour, tags: [fixed("t")] }, async (id: number) => id);
  for (let i = 0; i < 10; i++) {
    await f(i);
    await cache.clock.advance(hour / 2);
  }
  t.is((await f(9), f.loads.length), 10);
});

test("two readers that find no version agree on one", async (t) => {
  const cache = createCache(t);
  const other = createCache(t, { inner: cache.backend, clock: cache.clock });
  const a = cache.count({ name: "a", tags: [fixed("t")] }, async () => 1);
  const b = other.count({ name: "b", tags: [fixed("t")] }, async () => 1);
  await Promise.all([a(), b()]);
  await Promise.all([a(), b()]);
  t.deepEqual([a.loads.length, b.loads.length], [1, 1]);
});

test("functions that share a key and not their tags never read each other's as valid for the other tags", async (t) => {
  const cache = createCache(t);
  const key = fixed("shared");
  const a = cache.count({ name: "a", key, tags: [fixed("a")] }, async () => 1);
  const b = cache.count({ name: "b", key, tags: [fixed("b")] }, async () => 1);
  await a();
  await b();
  await cache.invalidateTag("b");
  await b();
  t.is(b.loads.length, 2);
});

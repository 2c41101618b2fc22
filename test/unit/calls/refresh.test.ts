import test from "ava";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

const tag = template(["user:", ""], (id: unknown) => [id]);

test("refresh loads, stores and resolves when it is stored", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.wrap({}, async (id: number) => id + ++n);
  t.is(await f(10), 11);
  cache.takeTrace();
  const hold = cache.backend.hold("write");
  let done = false;
  const refreshed = f.refresh(10).then((value) => ((done = true), value));
  await hold.reached;
  await settled();
  t.false(done);
  hold.release();
  t.is(await refreshed, 12);
  t.deepEqual(cache.takeTrace(), ["load f|10", "store f|10"]);
  t.is(await f(10), 12);
  t.is(await cache.peek("f|10"), "12");
});

test("refresh stores if nothing was stored, and restarts the ttl", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ ttlMs: 10_000 }, async () => "x");
  t.is(await f.refresh(), "x");
  await cache.clock.advance(6_000);
  await f.refresh();
  await cache.clock.advance(6_000);
  await f();
  t.is(f.loads.length, 2);
});

test("a refreshed tagged entry is what calls read, and its tag ends it", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.count({ tags: [tag] }, async (id: number) => `${id}:${++n}`);
  t.is(await f(5), "5:1");
  t.is(await f.refresh(5), "5:2");
  t.is(await f(5), "5:2");
  await f.invalidateTag("user:5");
  t.is(await f(5), "5:3");
});

test("calls read the old entry while a refresh runs", async (t) => {
  const cache = createCache(t);
  for (const plan of [{ name: "plain" }, { name: "tagged", tags: [tag] }]) {
    const gate = deferred();
    let value = "old";
    const f = cache.wrap(plan, async (_id: number) => {
      if (value === "new") await gate.promise;
      return value;
    });
    await f(5);
    value = "new";
    const refreshed = f.refresh(5);
    await settled();
    t.is(await f(5), "old");
    gate.resolve();
    await refreshed;
    t.is(await f(5), "new");
  }
});

test("a refresh whose loader fails keeps the old entry and frees the key", async (t) => {
  const cache = createCache(t);
  let fail = false;
  const f = cache.count({}, async () => {
    if (fail) throw new Error("down");
    return "old";
  });
  await f();
  fail = true;
  await t.throwsAsync(f.refresh(), { message: "down" });
  t.is(await f(), "old");
  fail = false;
  await f.refresh();
  t.is(await cache.peek("f|"), '"old"');
});

test("a refresh whose result `when` keeps from being stored deletes the old entry, which is outdated", async (t) => {
  const cache = createCache(t);
  let value = "final";
  const f = cache.count({ when: (result) => result !== "draft" }, async () => value);
  await f();
  value = "draft";
  t.is(await f.refresh(), "draft");
  t.is(await cache.peek("f|"), null);
});

test("a refresh prevents what a call's load would store later", async (t) => {
  const cache = createCache(t);
  const gate = deferred<string>();
  const values = [gate.promise, "new"];
  const f = cache.wrap({}, async () => values.shift() as Promise<string>);
  const call = f();
  await settled();
  t.is(await f.refresh(), "new");
  gate.resolve("old");
  t.is(await call, "old");
  await cache.idle();
  t.is(await f(), "new");
});

test("of two refreshes at once neither leaves what was there before it", async (t) => {
  const cache = createCache(t);
  const gates = [deferred<string>(), deferred<string>()];
  let next = -1;
  const f = cache.wrap({}, async () =>
    ++next === 0 ? "v0" : (gates[next - 1] as (typeof gates)[0]).promise,
  );
  await f();
  const a = f.refresh();
  await settled();
  const b = f.refresh();
  await settled();
  gates[0]?.resolve("v1");
  t.is(await a, "v1");
  t.notRegex(
    String(await cache.peek("f|")),
    /"v[01]"/,
    "not v0, which a's caller knows to be outdated",
  );
  gates[1]?.resolve("v2");
  t.is(await b, "v2");
  t.is(await cache.peek("f|"), '"v2"');
});

test("of two refreshes at once the one that began last stays, though the other returns a newer value", async (t) => {
  const cache = createCache(t);
  let data = "v0";
  const reading = [deferred(), deferred()];
  let runs = 0;
  const f = cache.wrap({}, async () => {
    await reading[runs++]?.promise;
    return data;
  });
  const first = f.refresh();
  await settled();
  const last = f.refresh();
  await settled();
  reading[1]?.resolve();
  t.is(await last, "v0");
  data = "v1";
  reading[0]?.resolve();
  t.is(await first, "v1");
  t.is(await f(), "v0", "it was loaded after the first refresh began");
  await f.invalidate();
  t.is(await f(), "v1", "the invalidation of the change ends it");
});

test("a refresh that the store refuses deletes the old entry if it can", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const f = cache.wrap({}, async () => ++n);
  await f();
  cache.backend.fail("write", new Error("OOM command not allowed"));
  t.is(await f.refresh(), 2);
  t.is(await cache.peek("f|"), null);
  t.true(cache.takeTrace().includes("fault write f|"));
});

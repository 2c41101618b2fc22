import test from "ava";
import { wrap } from "../../../runtime/calls/cached-function";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

test("callers that come before the loader has started share one load", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => ({ id }));
  const values = await Promise.all(Array.from({ length: 100 }, () => f(5)));
  t.is(f.loads.length, 1);
  t.is(new Set(values).size, 100, "each has a copy of its own");
  for (const value of values) t.deepEqual(value, { id: 5 });
  t.is(cache.backend.count("acquire"), 1);
  t.is(cache.backend.count("write"), 1);
  t.deepEqual(
    cache
      .takeTrace()
      .filter((line) => line !== "miss f|5")
      .slice(0, 1),
    ["load f|5"],
  );
});

test("a caller that comes after the loader has started waits, and reads again", async (t) => {
  const cache = createCache(t);
  const gate = deferred<string>();
  const f = cache.count({}, async () => gate.promise);
  const first = f();
  await settled();
  cache.backend.takeTrace();
  const late = [f(), f(), f()];
  await settled();
  t.deepEqual(cache.backend.takeTrace(), [], "nothing is asked while the load runs");
  gate.resolve("x");
  t.deepEqual(await Promise.all([first, ...late]), ["x", "x", "x", "x"]);
  t.is(f.loads.length, 1);
  t.deepEqual(cache.takeTrace(), ["miss f|", "load f|", "store f|", "hit f|", "hit f|", "hit f|"]);
});

test("a caller that comes after an invalidation never gets the value of a load that began before it", async (t) => {
  const cache = createCache(t);
  const gates = [deferred<string>(), deferred<string>()];
  let next = 0;
  const f = cache.count({}, async () => (gates[next++] as (typeof gates)[0]).promise);
  const before = f();
  await settled();
  await f.invalidate();
  const after = f();
  await settled();
  gates[0]?.resolve("old");
  t.is(await before, "old");
  await settled();
  gates[1]?.resolve("new");
  t.is(await after, "new");
  t.is(await cache.peek("f|"), '"new"');
  t.true(cache.takeTrace().includes("drop f|"));
});

test("sharers don't see what a caller changes in its value, stored or not", async (t) => {
  for (const when of [() => true, () => false]) {
    const cache = createCache(t);
    const f = cache.count({ when }, async () => ({ list: [1] }));
    const calls = [f(), f(), f()].map(async (call) => {
      const value = await call;
      value.list.push(2);
      return value;
    });
    for (const value of await Promise.all(calls)) t.deepEqual(value, { list: [1, 2] });
    t.is(f.loads.length, 1);
  }
});

test("sharers of a value that can't be encoded get it as it is", async (t) => {
  const cache = createCache(t);
  const value = { big: 1n };
  const f = cache.count({}, async () => value);
  t.true((await Promise.all([f(), f()])).every((each) => each === value));
  t.is(f.loads.length, 1);
});

test("sharers of a value that is encoded and can't be decoded get it as it is, and an event reports it", async (t) => {
  const decode = () => {
    throw new Error("no");
  };
  const cache = createCache(t, { codecs: { broken: { encode: () => Buffer.from("x"), decode } } });
  const f = cache.count({ codec: "broken" }, async () => "value");
  t.deepEqual(await Promise.all([f(), f()]), ["value", "value"]);
  const event = cache.events.find(({ type }) => type === "unusable");
  t.is(
    (event as unknown as { error: Error }).error.message,
    "The result of f could not be decoded: no",
  );
});

test("functions that share a key and not a codec share a load", async (t) => {
  const cache = createCache(t);
  const key = template(["shared"], () => []);
  const a = cache.count({ name: "a", key, codec: "structured" }, async () => ({ by: "a" }));
  const b = cache.count({ name: "b", key }, async () => ({ by: "b" }));
  t.deepEqual(await Promise.all([a(), b()]), [{ by: "a" }, { by: "a" }]);
  t.is(b.loads.length, 0);
});

test("every sharer gets the error, and later callers load", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const error = new Error("down");
  const f = cache.count({}, async () => {
    await gate.promise;
    throw error;
  });
  const early = [f(), f()];
  await settled();
  const late = f();
  gate.resolve();
  for (const call of early) t.is(await t.throwsAsync(call), error);
  t.is(await t.throwsAsync(late), error);
  t.is(f.loads.length, 2);
});

test("an error that no caller waits for any more is not an unhandled rejection", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({}, async () => Promise.reject(new Error("x")));
  f().catch(() => {});
  await cache.idle();
  t.pass();
});

test("if `when` was false, callers that came during one load share the next one", async (t) => {
  const cache = createCache(t);
  const gates = Array.from({ length: 2 }, () => deferred<string>());
  let next = 0;
  const f = cache.count(
    { when: () => false },
    async () => (gates[next++] as (typeof gates)[0]).promise,
  );
  const first = f();
  await settled();
  const second = Array.from({ length: 20 }, () => f());
  await settled();
  t.is(f.loads.length, 1);
  gates[0]?.resolve("a");
  t.is(await first, "a");
  await settled();
  gates[1]?.resolve("b");
  t.deepEqual(await Promise.all(second), Array<string>(20).fill("b"));
  t.is(f.loads.length, 2);
});

test("in an outage, callers that came during one load share the next one", async (t) => {
  const cache = createCache(t);
  for (const operation of ["read", "acquire", "write", "release"] as const)
    cache.backend.fail(operation);
  const gates = Array.from({ length: 2 }, () => deferred<string>());
  let next = 0;
  const f = cache.count({}, async () => (gates[next++] as (typeof gates)[0]).promise);
  const first = [f(), f()];
  await settled();
  const second = Array.from({ length: 20 }, () => f());
  await settled();
  gates[0]?.resolve("a");
  t.deepEqual(await Promise.all(first), ["a", "a"]);
  await settled();
  gates[1]?.resolve("b");
  t.deepEqual(await Promise.all(second), Array<string>(20).fill("b"));
  t.is(f.loads.length, 2);
});

test("a sharer that came while the lease was being taken gets the value", async (t) => {
  const cache = createCache(t);
  const hold = cache.backend.hold("acquire");
  const f = cache.count({}, async () => "x");
  const first = f();
  await hold.reached;
  const second = f();
  await settled();
  hold.release();
  t.deepEqual(await Promise.all([first, second]), ["x", "x"]);
  await cache.idle();
  const trace = cache.takeTrace();
  t.deepEqual(trace.slice(0, 2), ["miss f|", "load f|"]);
  t.deepEqual(trace.slice(2).toSorted(), ["share f|", "store f|"], "no caller waits for the write");
});

test("a caller that awaits a value and then invalidates can't join the run that it has outdated", async (t) => {
  const cache = createCache(t);
  let version = 1;
  const f = cache.wrap({}, async () => version);
  t.is(await f(), 1);
  version = 2;
  await f.invalidate();
  t.is(await f(), 2);
});

test("idle waits for loads, refreshes and writes, of an earlier configuration too", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const f = cache.wrap({}, async () => gate.promise);
  const g = cache.wrap({ name: "g" }, async () => gate.promise);
  const hold = cache.backend.hold("write");
  const calls = [f(), g.refresh()];
  await settled();
  cache.configure({});
  let idle = false;
  const waiting = cache.idle().then(() => (idle = true));
  await settled();
  t.false(idle);
  gate.resolve();
  await hold.reached;
  await settled();
  t.false(idle, "the write is under way");
  hold.release();
  await Promise.all([waiting, ...calls]);
  t.true(idle);
});

test("when the last load has gone, the map that held loads goes too", async (t) => {
  configure("gone", { backend: new MemoryBackend() });
  const gates = [deferred<string>(), deferred<string>()];
  const f = wrap(
    () => ({ name: "f", key: { arguments: 1 }, cache: "gone" }),
    async (id: unknown) => gates[id as number]?.promise,
  ) as (id: number) => Promise<unknown>;
  const cache = cacheNamed("gone");
  const calls = [f(0), f(1)];
  await settled();
  const { loads } = cache;
  t.is(loads.size, 2);
  gates[0]?.resolve("first");
  await calls[0];
  t.is(cache.loads, loads);
  t.is(loads.size, 1);
  gates[1]?.resolve("second");
  await calls[1];
  t.not(cache.loads, loads);
  t.is(cache.loads.size, 0);
  await cache.idle();
  t.false(cache.isBusy);
  t.is(await f(0), "first");
});

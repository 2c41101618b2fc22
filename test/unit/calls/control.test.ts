import { tracingChannel } from "node:diagnostics_channel";
import test from "ava";
import {
  BackendError,
  type CacheEvent,
  close,
  configure,
  idle,
  invalidateTag,
  keysOf,
  KeyError,
  MemoryBackend,
  ReceiverError,
  resetStats,
  stats,
  subscribe,
} from "../../../runtime";
import { cacheNamed } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import { type CallMessage } from "../../../runtime/calls/observe";
import { registry } from "../../../runtime/cache/registry";
import { createCache, deferred } from "../../support/cache";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { keyOver, template } from "../../support/templates";

// The file uses one registry for all its tests.
const serial = test.serial;
const tags = [template(["t:", ""], (id: unknown) => [id])];

serial(
  "onOutage: flush: after an invalidation that was lost, nothing that was stored before is read",
  async (t) => {
    const cache = createCache(t, { onOutage: "flush" });
    const f = cache.count({ tags }, async (id: number) => id);
    const g = cache.count({ name: "g" }, async (id: number) => id);
    await f(1);
    await g(1);
    cache.backend.fail("delete");
    await t.throwsAsync(() => f.invalidate(1), { instanceOf: BackendError });
    t.is(await f(1), 1);
    t.is(f.loads.length, 2, "while the flush can't be carried out the loader is asked");
    cache.backend.heal();
    cache.takeTrace();
    t.deepEqual([await g(1), await f(1), await g(1), await f(1)], [1, 1, 1, 1]);
    t.deepEqual([f.loads.length, g.loads.length], [3, 2]);
    t.is(cache.takeTrace().filter((line) => line === "flush").length, 1);
  },
);

serial("onOutage: flush: also after an outage that the breaker has noticed", async (t) => {
  const cache = createCache(t, {
    onOutage: "flush",
    remote: true,
    breakerFailures: 2,
    breakerTime: "1s",
  });
  const f = cache.count({}, async (id: number) => id);
  await f(1);
  cache.backend.fail("read");
  await f(1);
  await f(1);
  cache.backend.heal();
  t.is(f.loads.length, 3);
  await cache.clock.advance(1_000);
  await f(1);
  await f(1);
  t.is(f.loads.length, 4, "loaded once more, then a hit");
  const trace = cache.takeTrace();
  t.deepEqual(
    trace.filter((line) => /^(breaker|flush)/.test(line)),
    ["breaker open", "breaker half-open", "breaker closed", "flush"],
  );
});

serial("by default what was stored before an outage is kept", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async (id: number) => id);
  await f(1);
  cache.backend.failNext("delete");
  await t.throwsAsync(() => f.invalidate(1), { instanceOf: BackendError });
  t.is(await f(1), 1);
  t.is(f.loads.length, 1);
  t.is(cacheNamed(cache.name).epochKey, null);
});

serial("a flush reaches the other processes", async (t) => {
  const a = createCache(t, { onOutage: "flush" });
  const b = createCache(t, { onOutage: "flush", inner: a.backend, clock: a.clock });
  const f = a.count({}, async () => "a");
  const g = b.count({}, async () => "b");
  await f();
  t.is(await g(), "a");
  a.backend.failNext("delete");
  await t.throwsAsync(() => a.invalidateTag("any"), { instanceOf: BackendError });
  await f();
  t.is(await g(), "a");
  t.is(f.loads.length, 2);
});

serial(
  "onOutage: replay: what could not be invalidated is, before anything that was stored is read",
  async (t) => {
    const cache = createCache(t, { onOutage: "replay" });
    const other = createCache(t, { onOutage: "replay", inner: cache.backend, clock: cache.clock });
    const f = cache.count({ tags }, async (id: number) => id);
    const g = cache.count({ name: "g" }, async (id: number) => id);
    const elsewhere = other.count({ tags }, async (id: number) => id);
    await f(1);
    await g(1);
    cache.backend.fail("delete");
    const error = await t.throwsAsync(() => cache.invalidateTag("t:1"), {
      instanceOf: BackendError,
    });
    t.true(error.kept);
    t.regex(error.message, /It is kept, and is carried out as soon as possible/);
    const ofKey = await t.throwsAsync(() => g.invalidate(2), { instanceOf: BackendError });
    t.true(ofKey.kept);
    t.is(await f(1), 1);
    t.is(await g(1), 1);
    t.deepEqual(
      [f.loads.length, g.loads.length],
      [2, 2],
      "until then this process asks the loader",
    );
    await elsewhere(1);
    t.is(elsewhere.loads.length, 0, "and others read what is stored");
    cache.backend.heal();
    cache.takeTrace();
    cache.backend.takeTrace();
    t.deepEqual([await g(1), await f(1), await f(1)], [1, 1, 1]);
    t.deepEqual([f.loads.length, g.loads.length], [3, 2], "what nobody invalidated is a hit");
    t.deepEqual(cache.takeTrace().slice(0, 2), ["replay tags:t~ tag:t:1~ g|2", "hit g|1"]);
    await elsewhere(1);
    t.is(elsewhere.loads.length, 0);
    t.is(cache.backend.calls.filter(({ operation }) => operation === "delete").length, 1);
  },
);

serial("onOutage: replay: it is tried again though nobody reads, and by close", async (t) => {
  const cache = createCache(t, { onOutage: "replay", breakerTime: "1s" });
  const f = cache.count({}, async (id: number) => id);
  await f(1);
  cache.backend.fail("delete");
  await t.throwsAsync(() => f.invalidate(1), { instanceOf: BackendError });
  for (let i = 0; i < 3; i++) {
    await cache.clock.advance(1_000);
    await cache.idle();
  }
  t.is(cache.backend.count("delete"), 4);
  cache.backend.heal();
  await cache.clock.advance(1_000);
  await cache.idle();
  t.is(cache.backend.count("delete"), 5);
  t.is(await cache.peek("f|1"), null);
  t.is(cache.clock.pending, 0);

  await f(1);
  cache.backend.failNext("delete");
  await t.throwsAsync(() => f.invalidate(1), { instanceOf: BackendError });
  await close();
  cache.configure({ onOutage: "replay" });
  t.is(await cache.peek("f|1"), null);
});

serial("onOutage: replay: what is lost while it is tried again is tried again, too", async (t) => {
  const cache = createCache(t, { onOutage: "replay" });
  const f = cache.count({}, async (id: number) => id);
  cache.backend.failNext("delete");
  await t.throwsAsync(() => f.invalidate(1), { instanceOf: BackendError });
  const gate = cache.backend.hold("delete");
  const reading = f(1);
  await gate.reached;
  cache.backend.failNext("delete");
  await t.throwsAsync(() => f.invalidate(1), { instanceOf: BackendError });
  gate.release();
  await reading;
  await f(1);
  t.deepEqual(
    cache.takeTrace().filter((line) => line.startsWith("replay")),
    ["replay f|1", "replay f|1"],
  );
});

serial("onOutage: replay: more than can be kept is a flush", async (t) => {
  const many = Array.from({ length: 10_001 }, (_, i) => i);
  const long = Array.from({ length: 9_000 }, (_, i) => String(i).padStart(150, "0"));
  for (const keys of [many, long]) {
    const cache = createCache(t, { onOutage: "replay" });
    const f = cache.count({ batch: "array" as const }, async (ids: (number | string)[]) => ids);
    const g = cache.count({ name: "g" }, async () => 1);
    await g();
    cache.backend.failNext("delete");
    await t.throwsAsync(() => f.invalidate(keys), { instanceOf: BackendError });
    await g();
    t.is(g.loads.length, 2);
    t.deepEqual(
      cache.takeTrace().filter((line) => /^(flush|replay)/.test(line)),
      ["flush"],
    );
  }
});

serial("onOutage: replay: a breaker that opens takes nothing away", async (t) => {
  const cache = createCache(t, {
    onOutage: "replay",
    remote: true,
    breakerFailures: 1,
    breakerTime: "1s",
  });
  const f = cache.count({}, async (id: number) => id);
  await f(1);
  cache.backend.failNext("read");
  await f(1);
  await cache.clock.advance(1_000);
  await f(1);
  t.is(f.loads.length, 2);
});

serial("keysOf tells the keys of a call", (t) => {
  const cache = createCache(t, { namespace: "app" });
  const f = cache.wrap({ namespace: "v1" }, async (id: number, name: string) => `${id}${name}`);
  t.deepEqual(keysOf(f, 5, "a"), ["app:v1:f|5-a"]);
  const many = cache.wrap({ name: "many", batch: "array" }, async (ids: number[]) => ids);
  t.deepEqual(keysOf(many, [1, 2, 1]), ["app:many|1", "app:many|2"]);
  const method = cache.wrap(
    {
      name: "m",
      receiver: true,
      key: keyOver(function (this: unknown, id: unknown) {
        return [(this as { tenant: string }).tenant, id];
      }),
    },
    async (id: number) => id,
  );
  t.deepEqual(keysOf(method.bind({ tenant: "a" }), 5), ["app:m|a-5"]);
  t.throws(() => keysOf(method, 5), { instanceOf: KeyError });
  t.throws(() => keysOf(async () => 1), { instanceOf: ReceiverError });
  t.throws(() => keysOf(f, (() => {}) as never, "a"), { instanceOf: KeyError });
});

serial(
  "stats count what happened to each function; latencies while they are measured",
  async (t) => {
    resetStats();
    const cache = createCache(t);
    const f = cache.wrap({ name: "stats.f" }, async (id: number) => ({ id }));
    const g = cache.wrap({ name: "stats.g" }, async () => {
      throw new Error("down");
    });
    await f(1);
    await f(1);
    await Promise.all([f(2), f(2)]);
    await f.invalidate(1);
    await t.throwsAsync(() => g());
    await cache.idle();
    const { functions, total } = stats();
    t.like(functions["stats.f"], {
      hit: 1,
      miss: 3,
      load: 2,
      share: 1,
      store: 2,
      invalidate: 1,
      error: 0,
      hitRate: 0.25,
    });
    t.like(functions["stats.f"], { readBytes: 8, storedBytes: 16, cached: null, loaded: null });
    t.like(functions["stats.g"], { load: 1, error: 1 });
    t.is(total.load, 3);
    t.regex(
      String(stats()),
      /^zcache: \d+ functions, 1 hits, 0 stale, 4 misses, 1 shared, 3 loads, 1 errors, .*\(hit rate 20\.0 %\)$/,
    );
    cache.configure({ measure: true });
    t.teardown(() => cache.configure({ measure: false }));
    await f(3);
    await f(3);
    await f(3);
    const timed = stats().functions["stats.f"];
    t.is(timed?.cached?.count, 2);
    t.is(timed?.loaded?.count, 1);
    t.true((timed?.cached?.p50 as number) > 0 && (timed?.cached?.p99 as number) < 1_000);
    resetStats();
    t.like(stats().functions["stats.f"], { hit: 0, cached: null });
  },
);

serial("subscribe hears of one cache or of all, until it ends", async (t) => {
  const a = createCache(t);
  const b = createCache(t);
  const heard: CacheEvent[] = [];
  const heardOfA: CacheEvent[] = [];
  const end = subscribe((event) => heard.push(event));
  t.teardown(subscribe((event) => heardOfA.push(event), { cache: a.name }));
  await a.wrap({}, async () => 1)();
  await b.wrap({}, async () => 1)();
  await idle();
  t.is(heard.length, 6);
  t.is(heardOfA.length, 3);
  end();
  await b.wrap({}, async () => 1)();
  t.is(heard.length, 6);
  // One listener may be subscribed twice, and each subscription is ended separately.
  const lines: CacheEvent[] = [];
  const listener = (event: CacheEvent) => lines.push(event);
  const ends = [subscribe(listener, { cache: a.name }), subscribe(listener, { cache: b.name })];
  ends[0]?.();
  await a.wrap({}, async () => 1)();
  await b.wrap({}, async () => 1)();
  t.is(lines.length, 1);
  ends[1]?.();
  t.throws(() => subscribe(null as never), { code: "ZCACHE_CONFIG" });
});

serial("calls are traced on a channel of Node's own", async (t) => {
  const cache = createCache(t);
  const f = cache.wrap({ name: "traced" }, async (id: number) => {
    if (id < 0) throw new Error("down");
    return id;
  });
  const seen: [string, CallMessage][] = [];
  const channel = tracingChannel<unknown, CallMessage>("zcache:call");
  const subscribers = Object.fromEntries(
    ["start", "end", "asyncStart", "asyncEnd", "error"].map((name) => [
      name,
      (message: CallMessage) => void seen.push([name, { ...message }]),
    ]),
  ) as never;
  channel.subscribe(subscribers);
  t.teardown(() => channel.unsubscribe(subscribers));
  await f(5);
  t.deepEqual(
    seen.map(([name]) => name),
    ["start", "end", "asyncStart", "asyncEnd"],
  );
  t.like(seen[3]?.[1], { name: "traced", keys: ["traced|5"], loads: 1, result: 5 });
  await f(5);
  t.like(seen.at(-1)?.[1], { loads: 0, result: 5 });
  await t.throwsAsync(() => f(-1));
  t.like(seen.at(-1)?.[1], { loads: 1, error: { message: "down" } });
});

serial(
  "close waits for work in the background, and functions are their plain selves from then on",
  async (t) => {
    let closed = 0;
    const clock = new FakeClock();
    const backend = Object.assign(new MemoryBackend({ clock }), { close: () => void closed++ });
    const name = "closing";
    configure(name, { backend, clock });
    t.teardown(() => configure(name));
    let gate = Promise.resolve();
    let loads = 0;
    const f = wrap(
      () => ({ name: "f", key: keyOver(() => []), cache: name, staleMs: 60_000, ttlMs: 1_000 }),
      async () => {
        await gate;
        return ++loads;
      },
    ) as () => Promise<number>;
    t.is(await f(), 1);
    await idle();
    await clock.advance(1_000);
    const opened = deferred();
    gate = opened.promise;
    t.is(await f(), 1, "and it is loaded again in the background");
    const ended = close();
    t.is(loads, 1);
    opened.resolve();
    await ended;
    t.is(loads, 2);
    t.is(closed, 1);
    t.is(await f(), 3);
    t.is(await f(), 4);
    await invalidateTag("any", { cache: name });
    t.false(registry.enabled);
    configure(name, { backend, clock });
    t.true(registry.enabled);
  },
);

import test from "ava";
import { CacheMissError, LoadTimeoutError } from "../../../runtime/errors";
import { withCache } from "../../../runtime/calls/with-cache";
import { createCache, deferred, settled } from "../../support/cache";
import type { TestCacheOptions } from "../../support/cache";
import { template } from "../../support/templates";

const second = 1_000;
const tags = [template(["t:", ""], (id: unknown) => [id])];

/** Creates a function whose results are numbered, and which can be made to fail or to wait. */
function createNumbered(
  t: Parameters<typeof createCache>[0],
  plan: Parameters<ReturnType<typeof createCache>["count"]>[0],
  options: TestCacheOptions = {},
) {
  const cache = createCache(t, options);
  const loader = { gate: Promise.resolve() as Promise<unknown>, error: null as Error | null };
  let n = 0;
  const f = cache.count({ ttlMs: 10 * second, ...plan }, async (id: number) => {
    const own = ++n;
    await loader.gate;
    if (loader.error) throw loader.error;
    return `${id}:${own}`;
  });
  return { cache, f, loader };
}

test("a stale entry is served at once, while one caller has it loaded again", async (t) => {
  const { cache, f, loader } = createNumbered(t, { staleMs: 60 * second });
  t.is(await f(1), "1:1");
  await cache.clock.advance(10 * second - 1);
  t.is(await f(1), "1:1");
  await cache.clock.advance(1);
  cache.takeTrace();
  const gate = deferred();
  loader.gate = gate.promise;
  t.deepEqual(await Promise.all([f(1), f(1), f(1)]), ["1:1", "1:1", "1:1"]);
  await settled();
  t.is(await f(1), "1:1", "the load is still under way");
  gate.resolve();
  await cache.idle();
  t.is(await f(1), "1:2");
  t.is(f.loads.length, 2);
  t.deepEqual(cache.takeTrace(), [
    ...Array(3).fill("stale f|1"),
    "load f|1",
    "stale f|1",
    "store f|1",
    "hit f|1",
  ]);
});

test("after its stale time an entry is a miss", async (t) => {
  const { cache, f } = createNumbered(t, { staleMs: 5 * second });
  await f(1);
  await cache.clock.advance(15 * second);
  t.is(await f(1), "1:2");
});

test("an invalidated entry is never served stale: by key, by tag, while it is loaded again", async (t) => {
  for (const by of ["key", "tag"] as const) {
    const { cache, f, loader } = createNumbered(t, {
      staleMs: 60 * second,
      staleIfErrorMs: 60 * second,
      tags,
    });
    const invalidate = () => (by === "key" ? f.invalidate(1) : cache.invalidateTag("t:1"));
    await f(1);
    await cache.clock.advance(11 * second);
    const gate = deferred();
    loader.gate = gate.promise;
    t.is(await f(1), "1:1");
    await invalidate();
    const after = f(1);
    await settled();
    gate.resolve();
    t.is(await after, "1:3", "not the value of the load that began before the invalidation");
    await cache.idle();
    loader.error = new Error("down");
    await invalidate();
    await t.throwsAsync(() => f(1), { message: "down" });
  }
});

test("a background load does not undo an invalidation, and a load of another process is left to that process", async (t) => {
  const { cache, f, loader } = createNumbered(t, { staleMs: 60 * second });
  const other = createCache(t, { inner: cache.backend, clock: cache.clock });
  const g = other.count(
    { ttlMs: 10 * second, staleMs: 60 * second },
    async (id: number) => `other ${id}`,
  );
  await f(1);
  await cache.clock.advance(11 * second);
  const gate = deferred();
  loader.gate = gate.promise;
  t.is(await f(1), "1:1");
  await settled();
  t.is(await g(1), "1:1");
  await other.idle();
  t.is(g.loads.length, 0);
  await f.invalidate(1);
  gate.resolve();
  await cache.idle();
  t.is(await cache.peek("f|1"), null, "what was loaded before the invalidation is dropped");
});

test("a background load that fails is an event, and is not tried again before its lease has ended", async (t) => {
  const { cache, f, loader } = createNumbered(t, { staleMs: 60 * second }, { lease: "2s" });
  await f(1);
  await cache.clock.advance(11 * second);
  loader.error = new Error("down");
  cache.takeTrace();
  t.is(await f(1), "1:1");
  await cache.idle();
  t.deepEqual(cache.takeTrace(), ["stale f|1", "load f|1", "error f|1"]);
  for (let i = 0; i < 10; i++) t.is(await f(1), "1:1");
  await cache.idle();
  t.is(f.loads.length, 2);
  await cache.clock.advance(2 * second);
  loader.error = null;
  t.is(await f(1), "1:1");
  await cache.idle();
  t.is(await f(1), "1:3");
});

test("staleIfError: while the loader fails the old entry is served, for as long as the option says", async (t) => {
  const { cache, f, loader } = createNumbered(t, { staleIfErrorMs: 60 * second });
  await f(1);
  await cache.clock.advance(10 * second);
  loader.error = new Error("down");
  t.deepEqual(await Promise.all([f(1), f(1)]), ["1:1", "1:1"]);
  t.is(f.loads.length, 2, "those who share the load share its failure");
  t.is(cache.takeTrace().filter((line) => line === "error f|1").length, 1);
  loader.error = null;
  t.is(await f(1), "1:3", "it is loaded as soon as it can be");
  await cache.clock.advance(70 * second);
  loader.error = new Error("down");
  await t.throwsAsync(() => f(1), { message: "down" });
});

test("isFailure decides which errors are failures, and the caller gets the others", async (t) => {
  class NotFoundError extends Error {}
  const { cache, f, loader } = createNumbered(t, {
    staleIfErrorMs: 60 * second,
    timeoutMs: 2 * second,
  });
  const asked: unknown[] = [];
  cache.configure({ isFailure: (error) => (asked.push(error), !(error instanceof NotFoundError)) });
  await f(1);
  await cache.clock.advance(10 * second);
  const [down, gone] = [new Error("down"), new NotFoundError("gone")];
  loader.error = down;
  t.is(await f(1), "1:1");
  loader.error = gone;
  t.is(await t.throwsAsync(() => f(1)), gone);
  t.deepEqual(asked, [down, gone]);
  loader.gate = deferred().promise;
  const late = f(1);
  await cache.clock.advance(2 * second);
  t.is(await late, "1:1", "a timeout is a failure, unasked");
  t.is(asked.length, 2);
});

test.serial(
  "an exception in isFailure becomes a warning, and the error counts as a failure",
  async (t) => {
    const { cache, f, loader } = createNumbered(t, { staleIfErrorMs: 60 * second });
    cache.configure({
      isFailure: () => {
        throw new Error("a mistake in isFailure");
      },
    });
    await f(1);
    await cache.clock.advance(10 * second);
    loader.error = new Error("down");
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    t.is(await f(1), "1:1");
    t.is((await warned).message, "a mistake in isFailure");
  },
);

test("a timeout gives the stale entry, or an error that names it; a late value is stored", async (t) => {
  const { cache, f, loader } = createNumbered(t, {
    timeoutMs: 2 * second,
    staleIfErrorMs: 60 * second,
  });
  const gate = deferred();
  loader.gate = gate.promise;
  const first = t.throwsAsync(() => f(1), {
    instanceOf: LoadTimeoutError,
    code: "ZCACHE_TIMEOUT",
    message: "f took longer than its timeout of 2000 ms.",
  });
  await cache.clock.advance(2 * second);
  await first;
  gate.resolve();
  await cache.idle();
  t.is(await f(1), "1:1");
  await cache.clock.advance(11 * second);
  const late = deferred();
  loader.gate = late.promise;
  const served = f(1);
  await cache.clock.advance(2 * second);
  t.is(await served, "1:1");
  late.resolve();
  await cache.idle();
  t.is(await f(1), "1:2");
  t.is(f.loads.length, 2);
});

test("time in which the process was suspended is given to the caller once more, and only once", async (t) => {
  const { cache, f, loader } = createNumbered(t, { timeoutMs: 2 * second });
  const gate = deferred();
  loader.gate = gate.promise;
  const call = f(1);
  await cache.clock.advance(0);
  // Its timer fires when the process goes on, a second late.
  cache.clock.set(cache.clock.now() + 3 * second);
  await cache.clock.advance(0.9 * second);
  gate.resolve();
  t.is(await call, "1:1");
  const hang = deferred();
  loader.gate = hang.promise;
  const hopeless = t.throwsAsync(() => f(2), { instanceOf: LoadTimeoutError });
  await cache.clock.advance(0);
  cache.clock.set(cache.clock.now() + 60 * second);
  await cache.clock.advance(2 * second);
  await hopeless;
  hang.resolve();
});

test("timeout: off lets a function take as long as it needs, whatever the cache's timeout", async (t) => {
  const { cache, f, loader } = createNumbered(t, { timeoutMs: 0 }, { timeout: "1s" });
  const gate = deferred();
  loader.gate = gate.promise;
  const call = f(1);
  await cache.clock.advance(5 * second);
  gate.resolve();
  t.is(await call, "1:1");
});

test("a loader that hangs delays later callers and other processes for a lease at most", async (t) => {
  const { cache, f, loader } = createNumbered(t, { timeoutMs: second }, { lease: "5s" });
  const other = createCache(t, { inner: cache.backend, clock: cache.clock, lease: "5s" });
  const g = other.count({}, async (id: number) => `other ${id}`);
  const hang = deferred();
  loader.gate = hang.promise;
  const first = t.throwsAsync(() => f(1), { instanceOf: LoadTimeoutError });
  await cache.clock.advance(second);
  await first;
  loader.gate = Promise.resolve();
  const begun = cache.clock.now();
  let endedAt = 0;
  const value = g(1).then((result) => ((endedAt = cache.clock.now()), result));
  await cache.clock.advance(6 * second);
  t.is(await value, "other 1");
  t.true(endedAt - begun <= 5 * second, `${endedAt - begun} ms`);
  hang.resolve();
  await cache.idle();
  t.is(await f(1), "other 1", "the late value was dropped: another has come");
});

test("a caller that waits for another's load has its own timeout", async (t) => {
  const { cache, f, loader } = createNumbered(t, { timeoutMs: 2 * second });
  const gate = deferred();
  loader.gate = gate.promise;
  const first = t.throwsAsync(() => f(1), { instanceOf: LoadTimeoutError });
  await cache.clock.advance(1.5 * second);
  const second_ = t.throwsAsync(() => f(1), { instanceOf: LoadTimeoutError });
  await cache.clock.advance(0.5 * second);
  await first;
  await cache.clock.advance(1.5 * second);
  await second_;
  gate.resolve();
  await cache.idle();
});

test("early: a refresh is the likelier, the nearer the end and the slower the loader", async (t) => {
  let chance = 0;
  const { cache, f, loader } = createNumbered(t, { early: 1 }, { random: () => chance });
  const gate = deferred();
  loader.gate = gate.promise;
  const first = f(1);
  await cache.clock.advance(second);
  gate.resolve();
  await first;
  await cache.idle();
  loader.gate = Promise.resolve();
  // The loader took 1 s. With a chance of 1 - 1/e the load is early by exactly that.
  chance = 1 - Math.exp(-1);
  await cache.clock.advance(9 * second - 1);
  t.is(await f(1), "1:1");
  await cache.idle();
  t.is(f.loads.length, 1);
  await cache.clock.advance(1);
  cache.takeTrace();
  t.is(await f(1), "1:1", "what is there is served");
  await cache.idle();
  t.deepEqual(cache.takeTrace(), ["hit f|1", "load f|1", "store f|1"]);
  t.is(await f(1), "1:2");
});

test("early: of many callers over a ttl, few refresh, and no caller waits", async (t) => {
  let state = 1;
  const random = () => ((state = (state * 48_271) % 0x7fff_ffff), state / 0x7fff_ffff);
  const { cache, f, loader } = createNumbered(t, { early: 1 }, { random });
  // Each load takes 100 ms.
  Object.defineProperty(loader, "gate", {
    get: () => new Promise<void>((resolve) => void cache.clock.after(100, resolve)),
  });
  const first = f(1);
  await cache.clock.advance(100);
  await first;
  let misses = 0;
  for (let i = 0; i < 5_000; i++) {
    await cache.clock.advance(10);
    cache.takeTrace();
    await f(1);
    if (cache.takeTrace().includes("miss f|1")) misses++;
  }
  await cache.clock.advance(100);
  await cache.idle();
  t.is(misses, 0, "in 50 s, five times the ttl, it never ended for anybody");
  t.true(f.loads.length >= 6 && f.loads.length <= 9, `${f.loads.length} loads`);
});

test("jitter shortens the ttl at random, by its part at most", async (t) => {
  let chance = 0;
  const cache = createCache(t, { jitter: 0.2, random: () => chance });
  const f = cache.count({ ttlMs: 10 * second }, async (id: number) => id);
  await f(1);
  chance = 0.5;
  await f(2);
  chance = 0.999_999;
  await f(3);
  const stands = async (id: number) => (await cache.peek(`f|${id}`)) !== null;
  await cache.clock.advance(8 * second - 1);
  t.deepEqual(await Promise.all([1, 2, 3].map(stands)), [true, true, true]);
  await cache.clock.advance(1);
  t.deepEqual(await Promise.all([1, 2, 3].map(stands)), [true, true, false]);
  await cache.clock.advance(second);
  t.deepEqual(await Promise.all([1, 2, 3].map(stands)), [true, false, false]);
  await cache.clock.advance(second);
  t.deepEqual(await Promise.all([1, 2, 3].map(stands)), [false, false, false]);
});

test("a process whose clock is an hour off judges by the store's clock", async (t) => {
  for (const offset of [-3_600_000, 3_600_000]) {
    const { cache, f } = createNumbered(t, { staleMs: 60 * second });
    await f(1);
    const off = createCache(t, { inner: cache.backend, remote: true });
    off.clock.set(cache.clock.now() + offset);
    const g = off.count(
      { ttlMs: 10 * second, staleMs: 60 * second },
      async (id: number) => `other ${id}`,
    );
    t.is(await g(1), "1:1");
    await off.idle();
    t.is(g.loads.length, 0, "it is fresh");
    await cache.clock.advance(11 * second);
    await off.clock.advance(11 * second);
    t.is(await g(1), "1:1");
    await off.idle();
    t.is(g.loads.length, 1, "it is stale");
    t.is(await f(1), "other 1", "and what the other stored is fresh here");
    t.is(f.loads.length, 1);
  }
});

test("in a batch each id is stale by itself", async (t) => {
  const cache = createCache(t);
  let n = 0;
  const plan = {
    batch: "array",
    ttlMs: 10 * second,
    staleMs: 60 * second,
    staleIfErrorMs: 120 * second,
  } as const;
  let down = false;
  const f = cache.count(plan, async (ids: number[]) => {
    n++;
    if (down) throw new Error("down");
    return ids.map((id) => `${id}:${n}`);
  });
  await f([1, 2]);
  await cache.clock.advance(9 * second);
  await f([3]);
  await cache.clock.advance(2 * second);
  t.deepEqual(await f([1, 2, 3, 4]), ["1:1", "2:1", "3:2", "4:3"]);
  await cache.idle();
  t.deepEqual(f.loads, [[[1, 2]], [[3]], [[4]], [[1, 2]]]);
  t.deepEqual(await f([1, 2, 3, 4]), ["1:4", "2:4", "3:2", "4:3"]);
  await cache.clock.advance(80 * second);
  down = true;
  t.deepEqual(await f([4, 1]), ["4:3", "1:4"]);
  await t.throwsAsync(() => f([1, 5]), { message: "down" });
});

test("withCache: refresh, bypass and only apply to everything beneath it", async (t) => {
  const { cache, f } = createNumbered(t, { staleMs: 60 * second });
  const beneath = async () => {
    await settled();
    return f(1);
  };
  t.is(await withCache({ mode: "bypass" }, beneath), "1:1");
  t.is(await cache.peek("f|1"), null);
  await t.throwsAsync(() => withCache({ mode: "only" }, beneath), { instanceOf: CacheMissError });
  t.is(await withCache({ mode: "refresh" }, beneath), "1:2");
  t.is(await withCache({ mode: "only" }, beneath), "1:2");
  t.is(await withCache({ mode: "refresh" }, () => withCache({ mode: "only" }, beneath)), "1:2");
  await cache.clock.advance(11 * second);
  t.is(await withCache({ mode: "only" }, beneath), "1:2", "stale");
  await cache.idle();
  t.is(f.loads.length, 2, "and nothing is loaded for it");
  t.is(await f(1), "1:2");
  await cache.idle();
  t.is(await f(1), "1:3");
  t.throws(() => withCache({ mode: "never" as "only" }, beneath), { code: "ZCACHE_CONFIG" });
  t.throws(() => withCache({ modus: "only" } as never, beneath), { message: /no option "modus"/ });
});

test("withCache: a signal ends the wait of those beneath it, not the load that others share", async (t) => {
  const { cache, f, loader } = createNumbered(t, {});
  const gate = deferred();
  loader.gate = gate.promise;
  const controller = new AbortController();
  const refused = t.throwsAsync(() => withCache({ signal: controller.signal }, () => f(1)), {
    message: "gone",
  });
  await settled();
  const other = f(1);
  controller.abort(new Error("gone"));
  await refused;
  gate.resolve();
  t.is(await other, "1:1");
  await t.throwsAsync(() => withCache({ signal: controller.signal }, () => f(1)), {
    message: "gone",
  });
  await cache.idle();
});

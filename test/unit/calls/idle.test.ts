import test from "ava";
import { idle } from "../../../runtime";
import { createCache, deferred } from "../../support/cache";

test("idle waits for a caller that reads again because the key was changed before it had the lease", async (t) => {
  for (const remote of [false, true]) {
    const cache = createCache(t, { remote });
    const f = cache.count({}, async (id: number) => id);
    const many = cache.count({ batch: "array" }, async (ids: number[]) => ids);
    for (const call of [() => f(1), () => many([1, 2])]) {
      const held = cache.backend.hold("acquire");
      const called = call();
      await held.reached;
      // Another process has stored a value, which is gone again when the caller reads it.
      await cache.put("f|1", Buffer.from("5"));
      const read = cache.backend.hold("read");
      const resting = cache.idle();
      held.release();
      await read.reached;
      let isIdle = false;
      void resting.then(() => (isIdle = true));
      for (let jobs = 0; jobs < 100; jobs++) await null;
      t.false(isIdle, "the caller is about to load");
      await cache.backend.delete(["f|1", "f|2"]);
      read.release();
      await resting;
      t.deepEqual(cache.takeTrace().at(-1)?.split(" ")[0], "store");
      await called;
      await cache.backend.delete(["f|1", "f|2"]);
    }
  }
});

test("idle waits for a caller that came after the loader had started", async (t) => {
  const cache = createCache(t);
  const loading = deferred();
  let isLate = false;
  const f = cache.count({ when: () => isLate }, async (id: number) => {
    if (f.loads.length === 1) await loading.promise;
    return id;
  });
  const first = f(1);
  await cache.clock.advance(0);
  const late = f(1);
  await cache.clock.advance(0);
  isLate = true;
  const read = cache.backend.hold("read");
  const resting = cache.idle();
  isLate = false;
  loading.resolve();
  await first;
  await read.reached;
  let isIdle = false;
  void resting.then(() => (isIdle = true));
  for (let jobs = 0; jobs < 100; jobs++) await null;
  t.false(isIdle, "the second caller is about to load");
  isLate = true;
  read.release();
  await resting;
  t.is(await cache.peek("f|1"), "1");
  await late;
});

test("idle of all caches waits for what the load of one cache has begun in another that was idle before", async (t) => {
  const [one, other] = [createCache(t), createCache(t)];
  const inner = other.count({ staleMs: 60_000, ttlMs: 1_000 }, async (id: number) => {
    await release.promise;
    return id;
  });
  const release = deferred();
  const begun = deferred();
  const outer = one.count({}, async (id: number) => {
    await begun.promise;
    // The entry is served stale. The load continues in the background, and this loader doesn't wait
    // for it.
    return inner(id);
  });
  release.resolve();
  await inner(1);
  await other.clock.advance(2_000);
  const again = deferred();
  release.promise = again.promise;
  void outer(1);
  let isIdle = false;
  const resting = idle().then(() => (isIdle = true));
  await one.clock.advance(0);
  begun.resolve();
  await one.clock.advance(0);
  await other.clock.advance(0);
  t.false(isIdle);
  again.resolve();
  await resting;
  t.is(other.takeTrace().at(-1), "store f|1");
});

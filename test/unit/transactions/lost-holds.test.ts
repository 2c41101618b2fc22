import test from "ava";
import { BackendError, hold, transactional } from "../../../runtime";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

const tags = [template(["user:", ""], (id: unknown) => [id])];

test("a store that can't be asked is a rejection before the transaction, or an event", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags }, async (id: number) => id);
  const hold = { tags: ["user:1"], keys: ["f|1"], cache: cache.name };
  cache.backend.fail("holdKeys");
  let hasBegun = false;
  const error = await t.throwsAsync(
    transactional(() => (hasBegun = true), { hold }),
    { instanceOf: BackendError, message: /must not write.*onOutage: "proceed"/ },
  );
  t.false(error.committed);
  t.false(hasBegun);
  cache.takeTrace();
  cache.backend.takeTrace();
  t.is(await transactional(() => "result", { hold: { ...hold, onOutage: "proceed" } }), "result");
  t.deepEqual(cache.backend.takeTrace().slice(0, 2), ["holdKeys", "endHolds"]);
  t.true(cache.takeTrace().includes("transaction unheld tags:user~ tag:user:1~ f|1"));
  await cache.idle();
  t.is(cache.backend.count("delete"), 0);
  cache.backend.heal();
  await f(1);
});

test("a hold whose answer comes too late is ended", async (t) => {
  const cache = createCache(t, { remote: true, deadline: "100ms" });
  const gate = cache.backend.hold("holdKeys");
  const failing = transactional(() => {}, { hold: { tags: ["a"], cache: cache.name } });
  await gate.reached;
  await cache.clock.advance(100);
  await t.throwsAsync(failing, { instanceOf: BackendError });
  gate.release();
  await settled();
  await cache.idle();
  t.is(await cache.peek("tag:a~"), null);
});

test("a hold that has run out is an event at once, is taken again, and is invalidated with the commit", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags }, async (id: number) => id);
  const gate = deferred();
  const done = transactional(() => gate.promise, {
    hold: { tags: ["user:1"], cache: cache.name, lease: "30s" },
  });
  await settled();
  (cache.backend as { clear(): void }).clear();
  await f(1);
  t.not(await cache.peek("f|1"), null, "somebody could store");
  await cache.clock.advance(10_000);
  await settled();
  t.deepEqual(cache.takeTrace().slice(-1), ["transaction lapsed tags:user~ tag:user:1~"]);
  const before = f.loads.length;
  await f(1);
  await f(1);
  t.is(f.loads.length, before + 2, "it stands again");
  gate.resolve();
  await done;
  await f(1);
  await f(1);
  t.is(f.loads.length, before + 3);
});

test("a hold that was lost without a renewal is an event after the commit", async (t) => {
  const cache = createCache(t);
  await transactional(async () => cache.backend.clear(), {
    hold: { tags: ["a"], cache: cache.name },
  });
  t.deepEqual(cache.takeTrace(), ["transaction lapsed tag:a~", "invalidate tag a"]);
});

test("a hold that can't be renewed for as long as it lasts is an event, once", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const done = transactional(() => gate.promise, {
    hold: { tags: ["a"], cache: cache.name, lease: "30s" },
  });
  await settled();
  cache.backend.fail("holdKeys");
  for (let i = 0; i < 6; i++) {
    await cache.clock.advance(10_000);
    await settled();
  }
  const lapses = () => cache.takeTrace().filter((line) => line.startsWith("transaction"));
  t.deepEqual(lapses(), ["transaction lapsed tag:a~", "transaction overdue tag:a~"]);
  cache.backend.heal();
  gate.resolve();
  await done;
});

test("a hold that can't be ended after the commit does no harm while it exists, and otherwise the transaction says that it has committed", async (t) => {
  const cache = createCache(t);
  const hold = { tags: ["a"], cache: cache.name };
  cache.backend.fail("endHolds");
  t.is(await transactional(() => 1, { hold }), 1);
  t.deepEqual(cache.takeTrace().slice(-2), ["transaction left-held tag:a~", "invalidate tag a"]);
  cache.backend.fail("holdKeys");
  cache.backend.heal("holdKeys");
  const late = transactional(
    async () => {
      cache.backend.fail("holdKeys");
      cache.backend.fail("delete");
      await cache.clock.advance(5_001);
    },
    { hold },
  );
  const error = await t.throwsAsync(late, { instanceOf: BackendError, message: /HAS COMMITTED/ });
  t.true(error.committed);
  cache.backend.heal();
});

test("after an unknown outcome holds are left to run out, because the COMMIT may still be carried out", async (t) => {
  const cache = createCache(t);
  const f = cache.count({ tags }, async (id: number) => id);
  const lost = Object.assign(new Error("read"), { code: "ECONNRESET" });
  const failing = transactional(
    async () => {
      await cache.invalidateTag("other:1");
      throw lost;
    },
    { hold: { tags: ["user:1"], cache: cache.name } },
  );
  t.is(await t.throwsAsync(failing), lost);
  t.deepEqual(cache.backend.takeTrace(), ["holdKeys", "delete"]);
  await f(1);
  await f(1);
  t.is(f.loads.length, 2);
  await cache.clock.advance(5_000);
  await f(1);
  await f(1);
  t.is(f.loads.length, 3);
});

test("the hold of a transaction that does not end runs out after `overdue`", async (t) => {
  const cache = createCache(t);
  const gate = deferred();
  const done = transactional(() => gate.promise, {
    overdue: "20s",
    hold: { keys: ["f|1"], cache: cache.name },
  });
  await settled();
  for (let i = 0; i < 20; i++) {
    await cache.clock.advance(1_500);
    await settled();
  }
  t.deepEqual(cache.takeTrace(), ["transaction overdue f|1"]);
  t.is(await cache.peek("f|1"), null);
  gate.resolve();
  await done;
  t.deepEqual(cache.takeTrace(), ["transaction lapsed f|1"]);
});

test("a hold that is taken after the end of its transaction is ended at once, and is an event", async (t) => {
  const cache = createCache(t);
  const gate = cache.backend.hold("holdKeys");
  let floating: Promise<void> | undefined;
  await transactional(() => {
    floating = hold({ tags: ["a"], cache: cache.name });
  });
  gate.release();
  await floating;
  t.deepEqual(cache.takeTrace(), ["transaction late tag:a~"]);
  t.is(await cache.peek("tag:a~"), null);
});

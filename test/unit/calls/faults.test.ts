import test from "ava";
import { BackendError } from "../../../runtime/errors";
import { createCache, settled, type TestCache } from "../../support/cache";
import type { Operation } from "../../../runtime/testing/faulty-backend";
import { template } from "../../support/templates";

const tag = template(["user:", ""], (id: unknown) => [id]);
const onTheWay: Operation[] = ["read", "acquire", "ensureVersions", "write"];

for (const remote of [true, false]) {
  const kind = remote ? "remote" : "local";

  for (const operation of [...onTheWay, "renew", "release"] as const) {
    test(`a ${kind} backend whose ${operation} fails: calls return the loader's value, and an event reports it`, async (t) => {
      const cache = createCache(t, { remote });
      // A lease is released if `when` refuses the value, and renewed if the load takes long.
      const when = () => operation !== "release";
      const f = cache.count({ tags: [tag], when }, async (id: number) => {
        if (operation === "renew") await cache.clock.advance(2_000);
        return { id };
      });
      cache.backend.fail(operation, new Error("no connection"));
      t.deepEqual(await f(5), { id: 5 });
      t.deepEqual(await f.refresh(5), { id: 5 });
      await cache.idle();
      const fault = cache.events.find(
        (event) => event.type === "fault" && event.operation === operation,
      );
      t.true(fault?.type === "fault" && fault.error instanceof BackendError);
      t.true((fault as { error: Error }).error.message.endsWith(": store failed: no connection."));

      cache.backend.heal();
      // The breaker may keep calls from the store for a second, and an unreleased lease exists for
      // five.
      await cache.clock.advance(6_000);
      const before = f.loads.length;
      const wanted = cache.count({ name: "g", tags: [tag] }, async (id: number) => id);
      await wanted(5);
      await wanted(5);
      t.is(wanted.loads.length, 1, "caching goes on");
      t.is(f.loads.length, before);
    });
  }
}

for (const operation of onTheWay) {
  test(`a backend whose ${operation} hangs delays a call by at most two deadlines`, async (t) => {
    const cache = createCache(t, { remote: true, deadline: "100ms" });
    const f = cache.count({ tags: [tag] }, async (id: number) => id);
    cache.backend.hang(operation);
    t.is(await within(cache, 200, f(5)), 5);
    t.is(await within(cache, 400, f.refresh(5)), 5);
    await cache.clock.advance(200);
    t.true(cache.events.some((event) => event.type === "fault" && event.operation === operation));
    cache.backend.heal();
    await cache.clock.advance(6_000);
    await f(6);
    await f(6);
    t.is(f.loads.filter(([id]) => id === 6).length, 1);
  });
}

test("if everything fails, each call still gets the loader's value at once, and the breaker leaves the store alone", async (t) => {
  const cache = createCache(t, { remote: true, breakerFailures: 3, breakerTime: "1s" });
  for (const operation of [...onTheWay, "release", "delete"] as const)
    cache.backend.fail(operation);
  const f = cache.count({}, async (id: number) => id);
  for (let i = 0; i < 10; i++) t.is(await f(i), i);
  t.is(cache.backend.calls.length, 3);
  t.is(cache.events.filter(({ type }) => type === "fault").length, 10);
  cache.backend.heal();
  await cache.clock.advance(1_000);
  await f(1);
  await f(1);
  t.is(f.loads.length, 11);
});

for (const remote of [true, false]) {
  test(`an invalidation that fails rejects, in the user's terms (${remote ? "remote" : "local"})`, async (t) => {
    const cache = createCache(t, { remote, namespace: "shop" });
    const f = cache.wrap({ tags: [tag] }, async (id: number) => id);
    const many = cache.wrap({ name: "many", batch: "array" }, async (ids: number[]) => ids);
    cache.backend.fail("delete", new Error("no connection"));
    const why = "store failed: no connection.";
    const expect = async (
      call: Promise<unknown>,
      message: string,
      keys: string[],
      operation: string,
    ) => {
      const error = await t.throwsAsync(call, {
        instanceOf: BackendError,
        code: "ZCACHE_BACKEND",
        message,
      });
      t.like(error, { operation, keys });
      const event = cache.events.at(-1);
      t.true(event?.type === "fault" && event.error === error && event.operation === operation);
    };
    await expect(
      f.invalidate(5),
      `Could not invalidate "shop:f|5": ${why}`,
      ["shop:f|5"],
      "delete",
    );
    const tagMessage = `Could not invalidate the tag "user:42": ${why}`;
    await expect(f.invalidateTag("user:42"), tagMessage, ["user:42"], "invalidateTag");
    await expect(cache.invalidateTag("user:42"), tagMessage, ["user:42"], "invalidateTag");
    const keys = [1, 2, 3, 4].map((id) => `shop:many|${id}`);
    await expect(
      many.invalidate([1, 2, 3, 4]),
      `Could not invalidate "shop:many|1", "shop:many|2", "shop:many|3" and 1 more: ${why}`,
      keys,
      "delete",
    );
    t.false(cache.events.some(({ type }) => type === "invalidate"));
    cache.backend.heal();
    await cache.clock.advance(1_000);
    await f.invalidate(5);
  });
}

test("an invalidation that hangs rejects at the deadline", async (t) => {
  const cache = createCache(t, { remote: true });
  const f = cache.wrap({}, async (id: number) => id);
  cache.backend.hang("delete");
  const rejected = t.throwsAsync(f.invalidate(5), {
    instanceOf: BackendError,
    message: 'Could not invalidate "f|5": store did not answer within 250 ms.',
  });
  await within(cache, 250, rejected);
});

test("a backend that throws has failed like one that rejects", async (t) => {
  for (const remote of [true, false]) {
    const cache = createCache(t, { remote });
    cache.backend.read = () => {
      throw new TypeError("oops");
    };
    const f = cache.wrap({}, async () => 5);
    t.is(await f(), 5);
    t.deepEqual(cache.takeTrace(), ["fault read f|", "load f|"]);
  }
});

test("after a write that failed the next caller needn't wait for the lease", async (t) => {
  const cache = createCache(t);
  const f = cache.count({}, async () => "x");
  cache.backend.failNext("write", new Error("OOM command not allowed"));
  await f();
  await cache.idle();
  cache.backend.takeTrace();
  await f();
  t.deepEqual(cache.backend.takeTrace(), ["read", "acquire", "write"]);
  t.is(await cache.peek("f|"), '"x"');
});

test("leases that were taken are given up when the versions could not be made, or the answer was lost", async (t) => {
  const cache = createCache(t, { remote: true });
  const f = cache.count({ tags: [tag] }, async (id: number) => id);
  cache.backend.failNext("ensureVersions");
  t.is(await f(5), 5);
  await cache.idle();
  t.is(await cache.peek("f|5"), null);
  const { acquire } = cache.backend;
  cache.backend.acquire = async (requests) => {
    await acquire.call(cache.backend, requests);
    return new Promise(() => {});
  };
  const call = f(5);
  await cache.clock.advance(250);
  t.is(await call, 5);
  cache.backend.acquire = acquire;
  await cache.idle();
  cache.backend.takeTrace();
  await f(5);
  t.deepEqual(
    cache.backend.takeTrace().filter((operation) => operation === "acquire").length,
    1,
    "it was not busy",
  );
  t.is(f.loads.length, 3);
});

test("renewing continues after one renewal has failed", async (t) => {
  const cache = createCache(t, { lease: "3s" });
  const f = cache.count({}, async () => {
    await cache.clock.advance(10_000);
    return "x";
  });
  cache.backend.failNext("renew");
  await f();
  t.deepEqual(cache.takeTrace(), ["miss f|", "load f|", "fault renew f|", "store f|"]);
  t.is(cache.backend.count("renew"), 10);
});

/** Moves the clock on by `ms` and asserts that the call has ended by then. */
async function within<T>(cache: TestCache, ms: number, call: Promise<T>): Promise<T> {
  let ended = false;
  const done = () => (ended = true);
  call.then(done, done);
  await cache.clock.advance(ms);
  await settled();
  if (!ended) throw new Error(`It takes more than ${ms} ms.`);
  return call;
}

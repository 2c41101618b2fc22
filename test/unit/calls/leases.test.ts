import test from "ava";
import { createCache, deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";

/** Two caches on one backend, as two processes have them. */
function createTwo(
  t: Parameters<typeof createCache>[0],
  options: Parameters<typeof createCache>[1] = {},
) {
  const a = createCache(t, options);
  return [a, createCache(t, { ...options, inner: a.backend, clock: a.clock })] as const;
}

test("callers of another process wait for the holder's value, with few commands", async (t) => {
  const [a, b] = createTwo(t);
  const gate = deferred();
  const holder = a.count({}, async () => (await gate.promise, { by: "a" }));
  const waiting = b.count({}, async () => ({ by: "b" }));
  const first = holder();
  await settled();
  const others = Array.from({ length: 10 }, () => waiting());
  await a.clock.advance(1_000);
  gate.resolve();
  await a.clock.advance(500);
  t.deepEqual(await Promise.all([first, ...others]), Array(11).fill({ by: "a" }));
  t.is(waiting.loads.length, 0);
  t.true(b.backend.count("acquire") <= 11, `${b.backend.count("acquire")} commands in 1.5 s`);
  t.is(b.backend.count("ensureVersions") + b.backend.count("write"), 0);
});

test("versions are made once, however often a waiting caller asks for the lease", async (t) => {
  const [a, b] = createTwo(t);
  const gate = deferred();
  const tags = [template(["t"], () => [])];
  const first = a.wrap({ tags }, async () => (await gate.promise, 1))();
  await settled();
  await a.backend.delete(["tag:t~"]);
  const second = b.wrap({ tags }, async () => 2)();
  await a.clock.advance(1_000);
  t.is(b.backend.count("ensureVersions"), 1);
  gate.resolve();
  await a.clock.advance(1_000);
  t.deepEqual(await Promise.all([first, second]), [1, 2]);
});

test("a holder that died delays others by at most the lease", async (t) => {
  const [a, b] = createTwo(t, { lease: "2s" });
  await a.backend.acquire([
    { key: "f|", token: "11111111", leaseMs: 2_000, seenId: null, force: false },
  ]);
  const f = b.count({}, async () => "b");
  const begun = a.clock.now();
  let endedAt = 0;
  const call = f().then((value) => ((endedAt = a.clock.now()), value));
  await a.clock.advance(3_000);
  t.is(await call, "b");
  t.true(endedAt - begun <= 2_000, `${endedAt - begun} ms`);
  t.is(await a.peek("f|"), '"b"', "it took the lease over and stored");
});

test("a holder that takes longer than the lease keeps it, and others load without storing", async (t) => {
  const [a, b] = createTwo(t, { lease: "2s" });
  const gate = deferred();
  const holder = a.count({}, async () => (await gate.promise, "a"));
  const waiting = b.count({}, async () => "b");
  const first = holder();
  await settled();
  const second = waiting();
  await a.clock.advance(10_000);
  t.is(await second, "b");
  t.deepEqual(b.takeTrace(), ["miss f|", "load f|"], "nothing was stored");
  t.true(a.backend.count("renew") >= 10);
  gate.resolve();
  t.is(await first, "a");
  t.is(await a.peek("f|"), '"a"');
});

test("a holder whose loader fails lets the others load", async (t) => {
  const [a, b] = createTwo(t);
  const gate = deferred();
  const holder = a.wrap({}, async () => {
    await gate.promise;
    throw new Error("down");
  });
  const waiting = b.count({}, async () => "b");
  const first = t.throwsAsync(holder() as Promise<unknown>, { message: "down" });
  await settled();
  const second = waiting();
  await settled();
  gate.resolve();
  await first;
  await a.clock.advance(100);
  t.is(await second, "b");
  t.is(await a.peek("f|"), '"b"');
});

test("a lease that was taken over, ended or evicted drops the late write", async (t) => {
  const ends: [what: string, end: (key: string) => Promise<unknown>][] = [];
  const [a, b] = createTwo(t);
  const taker = b.wrap({}, async (_: string) => "newer");
  ends.push(["taken over", (id) => taker.refresh(id)]);
  ends.push(["invalidated", (id) => taker.invalidate(id)]);
  ends.push(["evicted", (id) => a.backend.delete([`f|${id}`])]);
  for (const [what, end] of ends) {
    const gate = deferred();
    const f = a.wrap({}, async (_: string) => (await gate.promise, "older"));
    const call = f(what);
    await settled();
    await end(what);
    gate.resolve();
    t.is(await call, "older");
    await a.idle();
    t.is(a.takeTrace().at(-1), `drop f|"${what}"`.replace(/"(\w+)"$/, "$1"));
    t.is(
      await a.peek(`f|${what === "taken over" ? '"taken over"' : what}`),
      what === "taken over" ? '"newer"' : null,
    );
  }
});

test("a caller of another process that finds a newer entry reads it, and loads nothing", async (t) => {
  const [a, b] = createTwo(t);
  const f = a.wrap({}, async () => "a");
  const g = b.count({}, async () => "b");
  const hold = b.backend.hold("acquire");
  const call = g();
  await hold.reached;
  await f();
  hold.release();
  t.is(await call, "a");
  t.deepEqual(b.takeTrace(), ["miss f|", "hit f|"]);
});

test("a waiting call keeps the process alive, a renewal does not", async (t) => {
  const alive: boolean[] = [];
  const [a, b] = createTwo(t);
  const { after } = a.clock;
  a.clock.after = (ms, callback, keepAlive = false) => {
    alive.push(keepAlive);
    return after.call(a.clock, ms, callback);
  };
  const gate = deferred();
  const first = a.wrap({}, async () => (await gate.promise, 1))();
  await settled();
  t.deepEqual(alive, [false]);
  const second = b.wrap({}, async () => 2)();
  await settled();
  t.deepEqual(alive, [false, true]);
  gate.resolve();
  await a.clock.advance(1_000);
  await Promise.all([first, second]);
});

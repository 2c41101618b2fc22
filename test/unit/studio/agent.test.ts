import test from "ava";
import { configure, MemoryBackend, resetStats, stats } from "../../../runtime";
import { registry } from "../../../runtime/cache/registry";
import { ConfigError } from "../../../runtime/errors";
import {
  currentReport,
  onReport,
  pause,
  refreshKey,
  startAgent,
  stopAgent,
} from "../../../runtime/studio/agent";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { FaultyBackend } from "../../../runtime/testing/faulty-backend";
import { deferred, settled } from "../../support/cache";
import { template } from "../../support/templates";
import { functionOf, observe } from "../../support/observed";

test.serial("a process reports nothing unless it is told to", async (t) => {
  const clock = new FakeClock();
  configure({ clock, backend: new MemoryBackend({ clock }) });
  const reports: unknown[] = [];
  const end = onReport((report) => reports.push(report));
  await clock.advance(5_000);
  end();
  t.deepEqual(reports, []);
  t.is(currentReport(), null);
  t.is(registry.observer, null);
  t.is(clock.pending, 0);
});

test.serial(
  "each second it reports its identity, the state of its caches, and what its functions have done",
  async (t) => {
    const { wrap, next } = observe(t, { studio: { name: "api" }, namespace: "shop" });
    const f = wrap({ name: "m.f" }, async (id: number) => ({ id }));
    for (const id of [1, 1, 2, 1]) await f(id);
    const report = await next();
    t.like(report, {
      format: 1,
      paused: false,
      leftOut: 0,
      process: { title: "api", pid: process.pid, zcache: "0.1.0" },
    });
    t.like(report.caches, [
      {
        name: "default",
        backend: "memory",
        namespace: "shop",
        breaker: "closed",
        faults: 0,
        late: 0,
        loading: 0,
        tier: null,
      },
    ]);
    t.is(report.caches[0]?.memory?.entries, 2);
    const own = functionOf(report, "m.f");
    t.like(own.counts, { hit: 2, miss: 2, load: 2, store: 2, timedLoads: 2, readBytes: 16 });
    t.deepEqual(own.missReasons, { absent: 2 });
    t.deepEqual(own.hottest, [
      { key: "shop:m.f|1", count: 3, error: 0 },
      { key: "shop:m.f|2", count: 1, error: 0 },
    ]);
    t.is(own.keys, 2);
    t.deepEqual(own.sizes, { p50: 8, p99: 8, max: 8 });
    t.is(own.loads?.count, 2);
    t.deepEqual(
      report.events.map(({ type }) => type),
      ["miss", "load", "store", "hit", "miss", "load", "store", "hit"],
    );
    t.is(currentReport(), report);
    t.deepEqual(JSON.parse(JSON.stringify(report)), report);
    t.deepEqual((await next()).events, []);
  },
);

test.serial("counts never decrease, whatever resetStats does", async (t) => {
  const { wrap, next } = observe(t);
  const f = wrap({}, async (id: number) => id);
  for (const id of [1, 1, 1]) await f(id);
  resetStats();
  await f(1);
  resetStats();
  resetStats();
  await f(2);
  t.like(functionOf(await next()).counts, { hit: 3, miss: 2, load: 2 });
  t.is(stats().functions["f"]?.hit, 0);
  resetStats();
  t.like(functionOf(await next()).counts, { hit: 3, miss: 2, load: 2 });
});

test.serial(
  "a load that gives the same bytes again is counted apart from one that changed",
  async (t) => {
    const { wrap, next, clock } = observe(t);
    let value = 1;
    const f = wrap({ ttlMs: 1_000 }, async (_id: number) => ({ value }));
    await f(1);
    await f(2);
    await clock.advance(1_500);
    await f(1);
    value = 2;
    await f(2);
    await f.refresh(1);
    t.deepEqual(functionOf(await next()).reloads, { same: 1, changed: 2 });
  },
);

test.serial(
  "hits are counted by the age of their entry, where this process stored it",
  async (t) => {
    const { wrap, next, clock } = observe(t);
    const f = wrap({}, async (id: number) => id);
    await f(1);
    for (let i = 0; i < 16; i++) await f(1);
    await clock.advance(9_000);
    for (let i = 0; i < 16; i++) await f(1);
    await clock.advance(61_000);
    for (let i = 0; i < 32; i++) await f(1);
    t.deepEqual(functionOf(await next()).hitsByAge, [16, 16, 0, 32, 0, 0, 0]);
  },
);

test.serial("spans of loads show which calls joined them, and how they ended", async (t) => {
  const { wrap, next, clock } = observe(t);
  const gates = [deferred(), deferred()];
  let fails = false;
  const f = wrap({ name: "slow", when: (result: unknown) => result !== 2 }, async (id: number) => {
    await gates[0]?.promise;
    if (fails) throw new Error("down");
    return id;
  });
  const early = [f(1), f(1), f(1)];
  await settled();
  const late = f(1);
  const first = await next();
  t.like(first.caches[0], { loading: 1 });
  t.is(first.loads.length, 1);
  t.like(first.loads[0], {
    name: "slow",
    key: "slow|1",
    endedAt: null,
    outcome: null,
    background: false,
  });
  gates[0]?.resolve();
  await Promise.all([...early, late]);
  const second = await next();
  t.like(second.loads[0], {
    id: first.loads[0]?.id,
    endedAt: clock.now() - 1_000,
    outcome: "stored",
  });
  t.is(
    second.loads[0]?.joined.length,
    2,
    "the late one came after the loader had begun, and read the entry",
  );
  t.like(functionOf(second, "slow").counts, { load: 1, share: 2 });

  await f(2);
  fails = true;
  await t.throwsAsync(f(3), { message: "down" });
  t.deepEqual(
    (await next()).loads.map(({ key, outcome }) => [key, outcome]),
    [
      ["slow|2", "skipped"],
      ["slow|3", "failed"],
    ],
  );
  fails = false;
  gates[0] = deferred();
  const dropped = f(4);
  await settled();
  await f.invalidate(4);
  gates[0].resolve();
  await dropped;
  t.deepEqual(
    (await next()).loads.map(({ key, outcome }) => [key, outcome]),
    [["slow|4", "dropped"]],
  );
});

test.serial("a refresh behind a stale hit is a load in the background", async (t) => {
  const { wrap, next, clock } = observe(t);
  const f = wrap({ ttlMs: 1_000, staleMs: 60_000 }, async (id: number) => id);
  await f(1);
  await clock.advance(1_500);
  await f(1);
  const { loads, functions } = await next();
  t.deepEqual(
    loads.map(({ background }) => background),
    [true],
  );
  t.is(functions[0]?.counts.stale, 1);
});

test.serial("a batch of many keys is one run of its loader for all of them", async (t) => {
  const { wrap, next } = observe(t);
  const f = wrap({ batch: "array" }, async (ids: number[]) => ids.map((id) => ({ id })));
  await f([1, 2, 3]);
  await f([2, 3, 4]);
  const report = await next();
  const own = functionOf(report);
  t.like(own.counts, { hit: 2, miss: 4, load: 4, timedLoads: 4 });
  t.is(own.loads?.count, 2);
  t.is(report.loads.length, 4);
  t.true(await refreshKey("f|4"));
  t.is(functionOf(await next()).counts.load, 5);
});

test.serial("a sample of the calls is timed, and each load", async (t) => {
  const { wrap, next } = observe(t);
  const f = wrap({}, async (id: number) => id);
  for (let i = 0; i < 1_281; i++) await f(1);
  const own = functionOf(await next());
  t.is(own.hits?.count, 10, "one in 128, but not the first, which was a load");
  t.true((own.hits?.p50 ?? -1) > 0 && (own.hits?.p99 ?? 1e9) < 100);
  t.is(stats().functions["f"]?.cached, null, "measure is another option");
});

test.serial(
  "with measure on, all calls are timed for stats(), and a sample for Studio",
  async (t) => {
    const { wrap, next } = observe(t, { measure: true });
    t.teardown(() => configure({ measure: false }));
    const f = wrap({}, async (id: number) => id);
    for (let i = 0; i < 65; i++) await f(1);
    t.is(stats().functions["f"]?.cached?.count, 64);
    t.true((functionOf(await next()).hits?.count ?? 0) > 0);
  },
);

test.serial(
  "a key is loaded again if its call is known, with its receiver and arguments",
  async (t) => {
    const { wrap, next } = observe(t);
    class Users {
      loads = 0;
      async user(id: number): Promise<{ id: number; loads: number }> {
        return { id, loads: ++this.loads };
      }
    }
    Users.prototype.user = wrap(
      { name: "Users.user", receiver: true, key: template(["user:", ""], (id: unknown) => [id]) },
      Users.prototype.user as never,
    ) as never;
    const users = new Users();
    t.deepEqual(await users.user(5), { id: 5, loads: 1 });
    t.true(await refreshKey("user:5"));
    t.deepEqual(await users.user(5), { id: 5, loads: 2 });
    t.false(await refreshKey("user:6"));
    t.false(await refreshKey("__proto__"));
    t.like(functionOf(await next(), "Users.user").counts, { load: 2, hit: 1 });
  },
);

test.serial("only the last calls are kept for that", async (t) => {
  const { wrap } = observe(t);
  const f = wrap({}, async (id: number) => id);
  for (let i = 0; i < 600; i++) await f(i);
  t.false(await refreshKey("f|0"));
  t.true(await refreshKey("f|599"));
});

test.serial("a refresh whose loader fails rejects with its error", async (t) => {
  const { wrap } = observe(t);
  let fails = false;
  const f = wrap({}, async (id: number) => {
    if (fails) throw new Error("down");
    return id;
  });
  await f(1);
  fails = true;
  await t.throwsAsync(refreshKey("f|1"), { message: "down" });
});

test.serial("a user of Studio can switch the cache of the process off and on", async (t) => {
  const { wrap, next } = observe(t);
  let loads = 0;
  const f = wrap({}, async (id: number) => ++loads + id - id);
  await f(1);
  pause(true);
  pause(true);
  t.is(await f(1), 2);
  t.true((await next()).paused);
  pause(false);
  t.is(await f(1), 1);
  t.false((await next()).paused);
});

test.serial("what was off before stays off after a pause, and stopping ends a pause", async (t) => {
  observe(t, { enabled: false });
  pause(true);
  pause(false);
  t.false(registry.enabled);
  configure({ enabled: true });
  pause(true);
  configure({ studio: false });
  t.true(registry.enabled);
  t.is(currentReport(), null);
  t.is(registry.observer, null);
});

test.serial(
  "another cache that is set up later reports too, with its clock left alone",
  async (t) => {
    const { next } = observe(t);
    configure("sessions", { namespace: "s", clock: new FakeClock() });
    const report = await next();
    t.true(report.caches.some(({ name, namespace }) => name === "sessions" && namespace === "s"));
  },
);

test.serial("faults of the store are counted, and so are missed deadlines", async (t) => {
  const clock = new FakeClock();
  const backend = new FaultyBackend(new MemoryBackend({ clock }), { remote: true });
  const { wrap, next } = observe(t, { clock, backend, deadline: "200ms" });
  const f = wrap({}, async (id: number) => id);
  backend.failNext("read");
  await f(1);
  backend.hang("read");
  const slow = f(2);
  await clock.advance(300);
  await slow;
  backend.heal();
  const report = await next();
  t.like(report.caches[0], { faults: 2, late: 1, backend: "memory" });
  t.deepEqual(functionOf(report).missReasons, { unreachable: 2 });
  t.is(report.events.filter(({ type }) => type === "fault").length, 2);
});

test.serial("a listener that throws doesn't keep others from getting a report", async (t) => {
  const { next } = observe(t);
  const end = onReport(() => {
    throw new Error("mistake");
  });
  t.teardown(end);
  const warned = new Promise((resolve) => process.once("warning", resolve));
  await next();
  t.like(await warned, { message: "mistake" });
  t.truthy(await next());
});

test.serial("startAgent begins once", (t) => {
  observe(t);
  const { observer } = registry;
  startAgent({ name: "other" });
  t.is(registry.observer, observer);
  stopAgent();
  stopAgent();
  t.is(registry.observer, null);
});

for (const [given, message] of [
  ["yes", /"studio" must be true, false or an object such as \{ name: "api" \}, but got: "yes"/],
  [[], /"studio" must be/],
  [{ title: "a" }, /configure\.studio has no option "title"\. Options: name\./],
  [{ name: "" }, /"studio\.name" must be a string of at least one character/],
] as const)
  test.serial(`configure refuses studio: ${JSON.stringify(given)}`, (t) => {
    t.throws(() => configure({ studio: given as never }), { instanceOf: ConfigError, message });
    t.is(registry.observer, null);
  });

test.serial(
  "a caller that comes after the loader has started, and one whose lease another process has, are told as waits",
  async (t) => {
    const { wrap, next, clock, reports } = observe(t);
    const gate = deferred<number>();
    const f = wrap({}, () => gate.promise);
    const first = f();
    await settled();
    const late = [f(), f()];
    await settled();
    gate.resolve(1);
    await Promise.all([first, ...late]);
    const own = await next();
    t.deepEqual(
      own.events.filter(({ type }) => type === "wait").map(({ name, keys }) => [name, keys]),
      [
        ["f", ["f|"]],
        ["f", ["f|"]],
      ],
    );
    t.is(own.loads[0]?.joined.length, 0);

    const backend = new MemoryBackend({ clock });
    configure({ backend, clock, studio: true });
    await backend.acquire([
      { key: "g|", token: "11111111", leaseMs: 2_000, seenId: null, force: false },
    ]);
    const g = wrap({ name: "g" }, async () => 1);
    const waiting = g();
    await clock.advance(2_500);
    t.is(await waiting, 1);
    await next();
    t.deepEqual(
      reports.flatMap(({ events }) =>
        events.filter(({ type, name }) => type === "wait" && name === "g").map(({ keys }) => keys),
      ),
      [["g|"]],
    );
  },
);

import test, { type ExecutionContext } from "ava";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { cacheNamed, configure, type Options } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import { LoadTimeoutError } from "../../../runtime/errors";
import type { CacheEvent } from "../../../runtime/events";
import { parseDuration } from "../../../runtime/duration";
import { FaultyBackend } from "../../../runtime/testing/faulty-backend";
import { deferred } from "../../support/cache";
import { NodeTimers } from "../../support/node-timers";
import { keyOver } from "../../support/templates";

/**
 * Durations above 24.8 days are longer than a timer of Node can hold: it calls back after a
 * millisecond.
 */

const day = 24 * 3_600_000;
let count = 0;

function start(t: ExecutionContext, options: Partial<Options>) {
  const timers = new NodeTimers();
  timers.install();
  t.teardown(() => timers.uninstall());
  const name = `long ${++count}`;
  const events: CacheEvent[] = [];
  const backend = new FaultyBackend(new MemoryBackend(), { name: "store", remote: true });
  configure(name, { backend, onEvent: (event) => events.push(event), ...options });
  return {
    ...{ timers, backend },
    idle: () => cacheNamed(name).idle(),
    faults: () => events.filter(({ type }) => type === "fault").length,
    cached: (plan: object, loader: (id: number) => Promise<unknown>) =>
      wrap(
        () => ({ name: "f", cache: name, key: keyOver((id) => [id]), ...plan }),
        loader as never,
      ) as typeof loader,
  };
}

for (const where of ["of a function", "of the cache"]) {
  test.serial(`a timeout ${where} of 30 days ends a call after 30 days`, async (t) => {
    const timeout = where === "of the cache" ? { timeout: "30d" } : {};
    const plan = where === "of a function" ? { timeoutMs: parseDuration("30d") } : {};
    const { timers, cached } = start(t, { lease: "60d", deadline: "1d", ...timeout });
    const f = cached(plan, () => new Promise(() => {}));
    let outcome: unknown = "waits";
    f(1).then(
      (value) => (outcome = value),
      (error: unknown) => (outcome = error),
    );
    await timers.advance(30 * day - 1);
    t.is(outcome, "waits");
    await timers.advance(1);
    t.true(outcome instanceof LoadTimeoutError);
  });
}

test.serial("a lease of 90 days is renewed every 30 days", async (t) => {
  const { timers, backend, cached, idle } = start(t, { lease: "90d" });
  const loading = deferred<string>();
  const f = cached({}, () => loading.promise);
  const call = f(1);
  await timers.advance(30 * day - 1);
  t.is(backend.count("renew"), 0);
  await timers.advance(70 * day);
  t.is(backend.count("renew"), 3);
  loading.resolve("loaded");
  t.is(await call, "loaded");
  await idle();
  t.is(await f(1), "loaded");
  t.is(backend.count("write"), 1, "the lease stood until the end");
});

test.serial(
  "a deadline of 25 days keeps a call waiting for 25 days, and one timer at a time",
  async (t) => {
    const { timers, backend, cached, faults } = start(t, { deadline: "25d" });
    backend.hang("read");
    const f = cached({}, async (id) => id);
    let outcome: unknown = "waits";
    void f(1).then((value) => (outcome = value));
    await timers.advance(25 * day - 1);
    t.is(outcome, "waits");
    t.is(faults(), 0);
    await timers.advance(1);
    t.is(outcome, 1);
    t.is(faults(), 1);
  },
);

test.serial("a breaker of 30 days lets nothing pass for 30 days, and then a probe", async (t) => {
  const { timers, backend, cached } = start(t, { breakerTime: "30d", breakerFailures: 1 });
  const f = cached({}, async (id) => id);
  backend.failNext("read");
  await f(1);
  await timers.advance(30 * day - 1);
  await f(1);
  t.is(backend.calls.length, 1);
  await timers.advance(1);
  await f(1);
  t.true(backend.calls.length > 1);
});

test.serial("an entry of 60 days is stale for 60 days more", async (t) => {
  const { timers, cached, idle } = start(t, {});
  let version = 0;
  const f = cached({ ttlMs: 60 * day, staleMs: 60 * day, jitter: 0 }, async () => ++version);
  await f(1);
  await idle();
  await timers.advance(59 * day);
  t.is(await f(1), 1);
  t.is(version, 1);
  await timers.advance(50 * day);
  t.is(await f(1), 1, "served stale");
  await idle();
  t.is(version, 2);
});

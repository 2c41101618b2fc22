import test from "ava";
import { MemoryBackend } from "../../../runtime";
import type { Inspector } from "../../../runtime/backends/inspector";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { close, configure } from "../../../runtime";
import { deferred } from "../../support/cache";
import { observe } from "../../support/observed";

/** A store in which reports are under way until the test lets them arrive. */
function createStore(clock: FakeClock) {
  const puts: { readonly report: string; readonly answer: ReturnType<typeof deferred<void>> }[] =
    [];
  const inner = new MemoryBackend({ clock });
  const inspector: Inspector = {
    ttl: async () => null,
    scan: async () => ({ cursor: null, keys: [] }),
    keyCount: async () => 0,
    reports: async () => new Map(),
    putReport(_process, report) {
      const answer = deferred();
      puts.push({ report, answer });
      return answer.promise;
    },
  };
  return { backend: Object.assign(inner, { inspector: () => inspector }), puts };
}

test.serial("one report is under way to each store, and none waits behind it", async (t) => {
  const clock = new FakeClock();
  const { backend, puts } = createStore(clock);
  const { next } = observe(t, { clock, backend });
  configure("another", { backend, clock });
  for (let i = 0; i < 5; i++) await next();
  t.is(puts.length, 1);
  puts[0]?.answer.resolve();
  await next();
  t.is(puts.length, 2);
  puts[1]?.answer.reject(new Error("down"));
  await next();
  t.is(puts.length, 3);
  const newest = JSON.parse(puts[2]?.report ?? "") as { at: number };
  t.is(newest.at, clock.now());
});

test.serial("a report that is never acknowledged is given up", async (t) => {
  const clock = new FakeClock();
  const { backend, puts } = createStore(clock);
  const { next } = observe(t, { clock, backend });
  for (let i = 0; i < 29; i++) await next();
  t.is(puts.length, 1);
  for (let i = 0; i < 5; i++) await next();
  t.is(puts.length, 2);
  // The late answer says nothing about the one that is under way now.
  puts[0]?.answer.resolve();
  await next();
  t.is(puts.length, 2);
});

test.serial("a program that has closed its caches sends nothing more", async (t) => {
  const clock = new FakeClock();
  const { backend, puts } = createStore(clock);
  const { next } = observe(t, { clock, backend });
  await close();
  t.teardown(() => configure({ clock }));
  await next();
  t.is(puts.length, 0);
});

test.serial("a report of many functions is cut to its figures", async (t) => {
  const clock = new FakeClock();
  const { backend, puts } = createStore(clock);
  const { next, wrap } = observe(t, { clock, backend });
  for (let i = 0; i < 1_500; i++)
    await wrap({ name: `m.f${i}` }, async (id: string) => id)("x".repeat(600));
  const whole = await next();
  const sent = JSON.parse(puts[0]?.report ?? "") as typeof whole;
  t.is(sent.functions.length, 1_500);
  t.is(sent.functions[7]?.counts.load, 1);
  t.true((puts[0]?.report.length ?? Infinity) < 1_500_000);
});

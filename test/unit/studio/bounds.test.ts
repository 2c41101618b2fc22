import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import { configure, keysOf, MemoryBackend } from "../../../runtime";
import { registry } from "../../../runtime/cache/registry";
import { DistinctCount } from "../../../runtime/studio/distinct-count";
import { Distribution } from "../../../runtime/studio/distribution";
import { HottestKeys } from "../../../runtime/studio/hottest-keys";
import { functionOf, observe } from "../../support/observed";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("a quantile is at most 5 % off", (t) => {
  const times = new Distribution();
  for (let i = 1; i <= 100_000; i++) times.add(i / 100);
  for (const part of [0.5, 0.9, 0.99]) {
    const exact = part * 1_000;
    t.true(Math.abs(times.quantile(part) / exact - 1) < 0.05, `${part}: ${times.quantile(part)}`);
  }
  t.is(times.count, 100_000);
  t.is(times.max, 1_000);
});

test("a distribution takes any number", (t) => {
  const times = new Distribution();
  t.is(times.quantile(0.5), 0);
  for (const value of [0, 1e-9, 1e15]) times.add(value);
  t.is(times.quantile(1), 2 ** 37.9375);
  t.true(times.quantile(0.01) <= 2 ** -9.9);
});

test("the number of different keys is estimated within a few percent", (t) => {
  for (const count of [0, 1, 10, 1_000, 20_000, 1_000_000]) {
    const keys = new DistinctCount();
    for (let i = 0; i < count; i++) keys.add(`shop.users.getUser|${i}`);
    for (let i = 0; i < Math.min(count, 100); i++) keys.add(`shop.users.getUser|${i}`);
    const estimate = keys.estimate();
    t.true(Math.abs(estimate - count) <= count * 0.07, `${count}: ${estimate}`);
  }
});

test("keys that are requested often are found among many that are not", (t) => {
  const hottest = new HottestKeys();
  for (let i = 0; i < 100_000; i++) {
    hottest.add(`rare|${i}`, 1);
    if (i % 20 === 0) hottest.add("hot|1", 1);
    if (i % 40 === 0) hottest.add("hot|2", 1);
  }
  const [first, second] = hottest.top(2);
  t.is(first?.key, "hot|1");
  t.is(second?.key, "hot|2");
  t.true((first?.count ?? 0) >= 5_000 && (first?.count ?? 0) - (first?.error ?? 0) <= 5_000);
});

test.serial("a million different keys take no more memory than a few thousand", async (t) => {
  const { wrap, next } = observe(t, { backend: new MemoryBackend({ maxEntries: 1 }) });
  const f = wrap({ batch: "array" }, async (ids: number[]) => ids);
  const call = async (from: number, to: number): Promise<void> => {
    for (let id = from; id < to; id += 1_000)
      await f(Array.from({ length: 1_000 }, (_, i) => id + i));
    await next();
  };
  await call(0, 20_000);
  collect();
  const before = process.memoryUsage().heapUsed;
  await call(20_000, 1_020_000);
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  t.true(grown < 3_000_000, `${grown} bytes`);
  const report = await next();
  const own = functionOf(report);
  t.true(Math.abs(own.keys / 1_020_000 - 1) < 0.07, String(own.keys));
  t.is(own.counts.load, 1_020_000);
  t.true(JSON.stringify(report).length < 100_000);
});

test.serial("events for which a report has no room are counted as left out", async (t) => {
  const { wrap, next } = observe(t);
  const f = wrap({}, async (id: number) => id);
  for (let i = 0; i < 1_000; i++) await f(i);
  for (let i = 0; i < 1_000; i++) await f(0);
  const report = await next();
  t.is(report.events.length, 200);
  t.is(report.leftOut, 4_000 - 200);
  t.is(report.loads.length, 300);
});

test.serial("hits leave room for rare events", async (t) => {
  const { wrap, next } = observe(t);
  const f = wrap({}, async (id: number) => id);
  for (let i = 0; i < 5_000; i++) await f(0);
  await f.invalidate(0);
  const { events } = await next();
  t.is(events.filter(({ type }) => type === "hit").length, 40);
  t.is(events.at(-1)?.type, "invalidate");
});

test.serial("keys and names are data, whatever they look like", async (t) => {
  const { wrap, next } = observe(t);
  const hostile = [
    "__proto__",
    "constructor",
    "<img src=x onerror=alert(1)>",
    "\u001b[2J",
    "x".repeat(10_000_000),
  ];
  const f = wrap({ name: "__proto__" }, async (id: string) => id.length);
  for (const id of hostile) for (let i = 0; i < 3; i++) await f(id);
  const report = await next();
  const own = functionOf(report, "__proto__");
  t.like(own.counts, { load: 5, hit: 10 });
  const keys = own.hottest.map(({ key }) => key);
  for (const id of hostile.slice(0, 4)) t.true(keys.includes(keysOf(f, id)[0] as string), id);
  t.true(JSON.stringify(report).length < 50_000, String(JSON.stringify(report).length));
  t.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test.serial("while it is off, a hit does no work for it", async (t) => {
  const { wrap } = observe(t);
  configure({ studio: false });
  const f = wrap({}, async (id: number) => id);
  await f(1);
  let asked = 0;
  const { observer } = registry;
  Object.defineProperty(registry, "observer", {
    configurable: true,
    get: () => (asked++, observer),
  });
  try {
    for (let i = 0; i < 100; i++) await f(1);
  } finally {
    Object.defineProperty(registry, "observer", {
      configurable: true,
      writable: true,
      value: observer,
    });
  }
  t.is(asked, 0);
  t.is(registry.subscriptions.size, 0);
  t.false(registry.timing);
});

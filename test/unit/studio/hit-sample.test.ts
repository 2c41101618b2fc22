import test from "ava";
import { configure, MemoryBackend, subscribe } from "../../../runtime";
import { HitSample } from "../../../runtime/studio/hit-sample";
import { functionOf, observe } from "../../support/observed";

test("where there are few hits, each is looked at", (t) => {
  const sample = new HitSample(() => 0.5);
  for (let i = 0; i < 50; i++) t.is(sample.weigh(), 1);
  t.is(sample.weigh(), 0);
  sample.restart();
  for (let i = 0; i < 50; i++) t.is(sample.weigh(), 1);
});

test("where there are many, one in 64 is looked at, and no hit is lost from the sum", (t) => {
  const sample = new HitSample();
  let looked = 0;
  let sum = 0;
  for (let i = 0; i < 100_050; i++) {
    const weight = sample.weigh();
    if (weight > 0) looked++;
    sum += weight;
  }
  t.is(sum + sample.restart(), 100_050);
  t.true(looked > 1_400 && looked < 1_900, String(looked));
});

test("a program with a rhythm doesn't hide one of its keys", (t) => {
  const sample = new HitSample();
  const counted = new Map<number, number>();
  for (let i = 0; i < 1_280_000; i++) {
    const weight = sample.weigh();
    if (weight > 0) counted.set(i % 64, (counted.get(i % 64) ?? 0) + weight);
  }
  t.is(counted.size, 64);
  for (const [key, count] of counted)
    t.true(Math.abs(count / 20_000 - 1) < 0.4, `${key}: ${count}`);
});

test.serial(
  "a sample tells the hottest keys, the ages and what is left out; the counts are exact",
  async (t) => {
    const { wrap, next, clock } = observe(t);
    const f = wrap({}, async (id: number) => id);
    for (let id = 0; id < 4; id++) await f(id);
    await next();
    await clock.advance(9_000);
    await next();
    for (let i = 0; i < 256_000; i++) await f(i % 8 === 0 ? 1 : 2);
    const report = await next();
    const own = functionOf(report);
    t.is(own.counts.hit, 256_000);
    const [first, second] = own.hottest;
    t.is(first?.key, "f|2");
    t.true(Math.abs((first?.count ?? 0) / 224_000 - 1) < 0.1, String(first?.count));
    t.is(second?.key, "f|1");
    t.true(Math.abs((second?.count ?? 0) / 32_000 - 1) < 0.3, String(second?.count));
    const aged = own.hitsByAge.reduce((sum, count) => sum + count);
    t.true(aged > 255_872 && aged <= 256_000, String(aged));
    t.is(report.events.length + report.leftOut, 256_000);
  },
);

test.serial("a listener of the program hears each hit, whatever Studio looks at", async (t) => {
  const { wrap, next } = observe(t);
  const f = wrap({}, async (id: number) => id);
  let heard = 0;
  const end = subscribe(({ type }) => void (heard += Number(type === "hit")));
  await f(1);
  for (let i = 0; i < 1_000; i++) await f(1);
  end();
  t.is(heard, 1_000);
  t.is(functionOf(await next()).counts.hit, 1_000);
});

test.serial("a cache that is set up again is heard once, and another one as well", async (t) => {
  const { wrap, next, clock } = observe(t);
  const f = wrap({}, async (id: number) => id);
  const g = wrap({ name: "g", cache: "other" }, async (id: number) => id);
  configure("other", { clock, backend: new MemoryBackend({ clock }) });
  configure("other", { clock, backend: new MemoryBackend({ clock }) });
  await f(1);
  await g(1);
  await g(1);
  const report = await next();
  t.deepEqual(
    report.events.map(({ type, name, cache }) => [type, name, cache]),
    [
      ["miss", "f", "default"],
      ["load", "f", "default"],
      ["store", "f", "default"],
      ["miss", "g", "other"],
      ["load", "g", "other"],
      ["store", "g", "other"],
      ["hit", "g", "other"],
    ],
  );
});

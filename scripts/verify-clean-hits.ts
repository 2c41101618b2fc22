/**
 * Counts false reports: a program with correct invalidations has all of its hits verified while its
 * data is written. Two keys in a hundred calls are written and invalidated, half of them while
 * loaders run.
 *
 *     node -r ts-node/register/transpile-only scripts/verify-clean-hits.ts [--hits 1000000] [--seed 1]
 */
import { parseArgs } from "node:util";
import { configure, invalidateTag, MemoryBackend, stats, subscribe } from "../runtime";
import { wrap } from "../runtime/calls/cached-function";
import { FakeClock } from "../runtime/testing/fake-clock";

const { values } = parseArgs({
  options: { hits: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const hits = Number(values.hits);
let state = Number(values.seed);
/** mulberry32 */
const random = (): number => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const keys = 50;
const rows = Array.from({ length: keys }, (_, id) => ({
  id,
  at: new Date(id),
  tags: new Set(["a", id]),
  version: 0,
}));
const clock = new FakeClock();
configure({
  backend: new MemoryBackend({ clock }),
  clock,
  random,
  codec: "structured",
  verify: { share: 1, mostAtOnce: 1_000, shareOfLoads: Infinity },
});
let reports = 0;
subscribe((event) => {
  if (event.type !== "diverged") return;
  reports++;
  console.log(event.verdict, event.key, event.path);
});

const plan = {
  name: "row",
  key: { arguments: 1 },
  tags: [{ text: ($: (value: unknown) => string, id: number) => `row:${$(id)}` }],
};
const row = wrap(
  () => plan,
  (async (id: number) => {
    await Promise.resolve();
    return { ...rows[id] };
  }) as never,
  "row",
) as unknown as (id: number) => Promise<unknown>;

async function write(id: number): Promise<void> {
  const row = rows[id] as (typeof rows)[number];
  row.version = Math.floor(random() * 3);
  row.at = new Date(Math.floor(random() * 3));
  await invalidateTag(`row:${id}`);
}

async function main(): Promise<void> {
  const started = process.hrtime.bigint();
  while ((stats().functions["row"]?.verified ?? 0) < hits) {
    const calls = Array.from({ length: 50 }, () => row(Math.floor(random() * keys)));
    const id = Math.floor(random() * keys);
    if (random() < 0.5) await write(id);
    await Promise.all(calls);
    if (random() < 0.5) await write(id);
    if (random() < 0.01) await clock.advance(10_000);
  }
  await clock.advance(60_000);
  const { row: found } = stats().functions;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(
    `${found?.verified} hits verified, ${found?.invalidate ?? 0} keys and ${found?.load} loads, ${reports} reports, ${seconds.toFixed(0)} s`,
  );
  console.log(String(stats()));
  process.exit(reports === 0 ? 0 : 1);
}

void main();

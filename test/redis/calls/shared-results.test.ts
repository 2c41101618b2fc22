import test from "ava";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import { cacheNamed, configure, type Options } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import type { Plan } from "../../../runtime/plan";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { fill, proven } from "../../support/proven";
import { startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

interface Row {
  readonly id: number;
  readonly version: number;
  readonly tags: readonly string[];
}

interface Operations {
  invalidate(id: number): Promise<void>;
  refresh(id: number): Promise<Row>;
}

let count = 0;

/** Creates a function that is cached in memory, and whose directive says `share: true`. */
function createFunction(
  plan: Partial<Plan> = {},
  options: Options = {},
  more: (row: Row) => object = (row) => row,
) {
  const cache = `shared ${++count}`;
  const clock = new FakeClock();
  const backend = options.backend ?? new MemoryBackend({ clock });
  configure(cache, { clock, jitter: 0, ...options, backend });
  const returned: object[] = [];
  const load = async (id: number): Promise<Row> => {
    const row = more({ id, version: returned.length + 1, tags: ["a", "b"] });
    returned.push(row);
    return row as Row;
  };
  const whole: Plan = { name: "f", key: keyOver((id) => [id]), cache, share: true, ...plan };
  const wrapNow = (other: Partial<Plan> = {}) =>
    wrap(() => ({ ...whole, ...other }), load as never, "f") as typeof load & Operations;
  return { f: wrapNow(), wrapNow, returned, clock, backend, cache: cacheNamed(cache) };
}

test("all hits get one frozen value, and the first caller what the loader returned", async (t) => {
  for (const codec of ["json", "structured", "yaml"]) {
    const { f, returned } = createFunction({ codec });
    const first = await f(5);
    t.is(first, returned[0] as Row);
    t.false(Object.isFrozen(first), "what belongs to the loader is left as it is");
    const hit = await f(5);
    t.deepEqual(hit, first);
    t.not(hit, first);
    t.true(Object.isFrozen(hit) && Object.isFrozen(hit.tags));
    for (let i = 0; i < 4; i++) t.is(await f(5), hit, codec);
    t.is(returned.length, 1);
  }
});

test("a function that doesn't share has values of its own, also where another with the same key shares", async (t) => {
  const { f, wrapNow } = createFunction();
  const own = wrapNow({ share: false });
  await f(5);
  const shared = await f(5);
  for (let i = 0; i < 4; i++) {
    const value = await own(5);
    t.deepEqual(value, shared);
    t.not(value, shared);
    (value as { id: number }).id = -1;
    t.is(await f(5), shared);
  }
  const other = createFunction();
  const unshared = other.wrapNow({ share: false });
  for (let i = 0; i < 4; i++) await unshared(5);
  for (let i = 0; i < 4; i++)
    t.deepEqual(await other.f(5), { id: 5, version: 1, tags: ["a", "b"] });
  for (let i = 0; i < 4; i++) t.false(Object.isFrozen(await unshared(5)));
});

test("the value ends with its entry: by key, by tag, by a refresh and by its ttl", async (t) => {
  const plan = { tags: [template(["row:", ""], (id) => [id])], ttlMs: 1_000 };
  const { f, clock, cache } = createFunction(plan);
  const version = async (): Promise<number> => {
    await f(5);
    const hit = await f(5);
    t.true(Object.isFrozen(hit));
    t.is(await f(5), hit);
    return hit.version;
  };
  t.is(await version(), 1);
  await f.invalidate(5);
  t.is(await version(), 2);
  await cache.invalidateTag("row:5");
  t.is(await version(), 3);
  await f.refresh(5);
  t.is(await version(), 4);
  await clock.advance(1_000);
  t.is(await version(), 5);
});

test("an entry that has times, or tags of its result, is judged before it is handed out", async (t) => {
  const { f, returned, clock, cache } = createFunction({ ttlMs: 1_000, staleMs: 1_000 });
  await f(5);
  const hit = await f(5);
  t.true(Object.isFrozen(hit));
  t.is(await f(5), hit);
  await clock.advance(1_500);
  t.deepEqual(await f(5), hit, "stale");
  await cache.idle();
  t.is((await f(5)).version, 2);
  t.is(returned.length, 2);
  t.is(await f(5), await f(5));
  await clock.advance(2_500);
  t.is((await f(5)).version, 3);

  const tag = {
    kind: "row",
    text: ($: (value: unknown) => string, result: unknown) => `row:${$((result as Row).id)}`,
  };
  const byResult = createFunction({ resultTags: [tag] });
  await byResult.f(5);
  const shared = await byResult.f(5);
  t.is(await byResult.f(5), shared);
  await byResult.cache.invalidateTag("row:5");
  t.is((await byResult.f(5)).version, 2);
});

test("a batch hands out one value for each id, as a call of one id does", async (t) => {
  const { wrapNow, cache } = createFunction();
  const loads: number[][] = [];
  const batch = wrap(
    (): Plan => ({
      name: "f",
      key: keyOver((id) => [id]),
      cache: cache.name,
      share: true,
      batch: "array",
      rest: false,
    }),
    (async (ids: number[]) => {
      loads.push(ids);
      return ids.map((id) => ({ id, version: 1, tags: [] }));
    }) as never,
    "f",
  ) as unknown as (ids: readonly number[]) => Promise<Row[]>;
  await batch([1, 2, 3]);
  const [one, two, three] = await batch([1, 2, 3]);
  t.true([one, two, three].every((row) => Object.isFrozen(row)));
  const again = await batch([3, 1, 1]);
  t.is(again[0], three);
  t.is(again[1], one);
  t.is(await wrapNow()(2), two as Row);
  t.deepEqual(loads, [[1, 2, 3]]);
});

test("a value that can't be frozen is each caller's own, whatever its type says", async (t) => {
  const { f } = createFunction({ codec: "structured" }, {}, (row) => ({
    ...row,
    at: new Date(row.id),
  }));
  for (let i = 0; i < 5; i++) {
    const row = (await f(5)) as Row & { at: Date };
    t.is(row.at.getTime(), 5);
    t.false(Object.isFrozen(row));
    row.at.setTime(0);
    (row as { id: number }).id = -1;
    t.is((await f(5)).id, 5);
  }
});

test("Maps and Sets are shared, and refuse to be changed", async (t) => {
  const { f } = createFunction({ codec: "structured" }, {}, (row) => ({
    ...row,
    all: new Map([["a", new Set([1])]]),
  }));
  await f(5);
  const row = (await f(5)) as Row & { all: Map<string, Set<number>> };
  t.is(await f(5), row);
  t.throws(() => row.all.set("b", new Set()), { instanceOf: TypeError });
  t.throws(() => row.all.get("a")?.add(2), { instanceOf: TypeError });
  t.deepEqual([...(row.all.get("a") ?? [])], [1]);
});

test("with a codec of the user's own each caller gets what it decodes", async (t) => {
  const kept = { id: 5, version: 1, tags: [] as string[] };
  const codecs = { own: { encode: () => Buffer.from("x"), decode: () => kept } };
  const { f } = createFunction({ codec: "own" }, { codecs });
  for (let i = 0; i < 3; i++) await f(5);
  t.false(Object.isFrozen(kept));
});

test("the shared values count in maxBytes", async (t) => {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock, maxBytes: 24_000 });
  const { f } = createFunction({}, { backend, clock });
  const ids = Array.from({ length: 45 }, (_, id) => id);
  for (const id of ids) await f(id);
  const before = backend.size;
  for (const id of ids) await f(id);
  t.true(backend.size < before, `${backend.size} of ${before}`);
});

test("a tier shares what it keeps, until Redis reports that it has changed", async (t) => {
  const server = await startRedis();
  const client = server.client();
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client));
  t.teardown(async () => {
    await backend.close();
    await server.stop();
  });
  const name = `shared ${++count}`;
  configure(name, { backend, memory: "1m", deadline: "10s" });
  let version = 0;
  const plan: Plan = {
    name: "tier.f",
    key: { arguments: 1 },
    ttlMs: 60_000,
    cache: name,
    share: true,
  };
  const load = async (id: number): Promise<Row> => ({ id, version: ++version, tags: ["a"] });
  const f = wrap(() => plan, load as never, "f") as unknown as typeof load;
  await until("the tier is live", async () => (await f(0), backend.state === "live"));
  await f(5);
  await cacheNamed(name).idle();
  // The report of its own write ends the value that was kept before.
  await proven(backend, server.client());
  await fill(backend, ["tier.f|5"]);
  const hit = await f(5);
  t.true(Object.isFrozen(hit) && Object.isFrozen(hit.tags));
  t.is(await f(5), hit);
  await server.client().del("tier.f|5");
  let now = hit;
  await until("the deletion is reported", async () => (now = await f(5)) !== hit);
  t.true(now.version > hit.version);
});

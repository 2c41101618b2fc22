import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import type { Plan } from "../../../runtime/plan";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { keyOver, template } from "../../support/templates";

interface Row {
  id: number;
  tags: string[];
  at: Date;
}

let count = 0;

/** Creates a function that is cached in memory, with nothing around the backend. */
function createFunction(
  plan: Partial<Plan> = {},
  options: { maxBytes?: number; codec?: object } = {},
) {
  const cache = `memory ${++count}`;
  const clock = new FakeClock();
  const backend = new MemoryBackend({
    clock,
    ...(options.maxBytes && { maxBytes: options.maxBytes }),
  });
  configure(cache, {
    backend,
    clock,
    jitter: 0,
    ...(options.codec && { codecs: { own: options.codec as never } }),
  });
  const loads: number[] = [];
  const load = async (id: number): Promise<Row> => {
    loads.push(id);
    return { id, tags: ["a", "b"], at: new Date(id) };
  };
  const whole: Plan = {
    name: "f",
    key: keyOver((id) => [id]),
    cache,
    codec: "structured",
    ...plan,
  };
  const f = wrap(() => whole, load as never, "f") as typeof load & {
    invalidate(id: number): Promise<void>;
  };
  return { f, loads, clock, backend, cache: cacheNamed(cache) };
}

test("each hit is a value of the caller's own, however often it is read", async (t) => {
  const { f, loads } = createFunction();
  const expected: Row = { id: 5, tags: ["a", "b"], at: new Date(5) };
  for (let i = 0; i < 6; i++) {
    const row = await f(5);
    t.deepEqual(row, expected);
    t.true(row.at instanceof Date);
    row.id = -1;
    row.tags.push("spoilt");
    row.at.setTime(0);
  }
  t.deepEqual(loads, [5]);
});

test("a value that is kept ends with its entry: by key, by tag, and with its time", async (t) => {
  const { f, loads, clock, cache } = createFunction({
    tags: [template(["row:", ""], (id) => [id])],
    ttlMs: 1_000,
  });
  const readOften = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await f(5);
  };
  await readOften();
  await f.invalidate(5);
  await readOften();
  t.is(loads.length, 2);
  await cache.invalidateTag("row:5");
  await readOften();
  t.is(loads.length, 3);
  await clock.advance(1_000);
  await readOften();
  t.is(loads.length, 4);
});

test("what is kept beside the bytes counts in maxBytes", async (t) => {
  const { f, backend } = createFunction({}, { maxBytes: 24_000 });
  const ids = Array.from({ length: 40 }, (_, id) => id);
  for (const id of ids) await f(id);
  const before = backend.size;
  t.is(before, 40);
  for (let i = 0; i < 4; i++) for (const id of ids) await f(id);
  t.true(backend.size < before, `${backend.size} of ${before}`);
});

test("a value too large for that is decoded each time", async (t) => {
  const { f, loads, backend } = createFunction({}, { maxBytes: 2_000 });
  for (let i = 0; i < 5; i++) t.deepEqual((await f(5)).tags, ["a", "b"]);
  t.deepEqual([loads.length, backend.size], [1, 1]);
});

test("what a codec of the user's own has made is decoded each time", async (t) => {
  let decoded = 0;
  const codec = {
    encode: JSON.stringify,
    decode: (payload: Buffer) => (decoded++, JSON.parse(payload.toString()) as unknown),
  };
  const { f } = createFunction({ codec: "own" }, { codec });
  for (let i = 0; i < 5; i++) await f(5);
  t.is(decoded, 4);
});

// The tests from here on are serial, because a configuration in another test makes functions forget
// the keys that they know.

test.serial("a repeated answer from memory is the answer for the same argument", async (t) => {
  const loads: unknown[][] = [];
  const { cache } = createFunction();
  const load = async (...args: unknown[]) => (loads.push(args), { args: args.map(String) });
  const whole: Plan = {
    name: "g",
    key: keyOver((...args) => args),
    cache: cache.name,
    codec: "json",
  };
  const g = wrap(() => whole, load, "g") as typeof load;
  const calls = [
    [0],
    [-0],
    [1],
    ["1"],
    ["word"],
    [1.5],
    [Number.NaN],
    [null],
    [true],
    [1, 2],
    [1, "x"],
    ["a", "b"],
    [[1]],
  ];
  for (let i = 0; i < 4; i++)
    for (const args of calls)
      t.deepEqual(await g(...args), { args: args.map(String) }, String(args));
  t.deepEqual(loads, calls);
});

test.serial("a key that depends on the receiver is made for each receiver", async (t) => {
  const receivers: unknown[] = [];
  const { cache } = createFunction();
  async function load(this: { tenant: string }, id: number) {
    receivers.push(this.tenant);
    return { id, tenant: this.tenant };
  }
  const key = keyOver(function (this: unknown, id: unknown) {
    return [(this as { tenant: string }).tenant, id];
  });
  const whole: Plan = { name: "g", key, cache: cache.name, codec: "json", receiver: true };
  const g = wrap(() => whole, load as never, "g") as typeof load;
  for (let i = 0; i < 4; i++)
    for (const tenant of ["a", "b"]) t.deepEqual(await g.call({ tenant }, 5), { id: 5, tenant });
  t.deepEqual(receivers, ["a", "b"]);
});

test.serial("if only the loader reads the receiver, all receivers have one key", async (t) => {
  const { cache } = createFunction();
  async function load(this: { tenant: string }, id: number) {
    return { id, tenant: this.tenant };
  }
  const whole: Plan = {
    name: "g",
    key: { arguments: 1 },
    cache: cache.name,
    codec: "json",
    receiver: true,
  };
  const g = wrap(() => whole, load as never, "g") as typeof load;
  for (let i = 0; i < 4; i++)
    for (const tenant of ["a", "b"])
      t.deepEqual(await g.call({ tenant }, 5), { id: 5, tenant: "a" });
});

test.serial(
  "with more arguments than it keeps keys for, a function never confuses two of them",
  async (t) => {
    const { f, loads } = createFunction();
    const ids = Array.from({ length: 5_000 }, (_, id) => id + 1);
    for (let i = 0; i < 3; i++)
      for (const id of ids) if ((await f(id)).id !== id) t.fail(String(id));
    t.deepEqual(loads, ids);
  },
);

test.serial("a function that is configured again has other keys", async (t) => {
  const { f, loads, cache, backend, clock } = createFunction();
  for (let i = 0; i < 3; i++) await f(5);
  configure(cache.name, { backend, clock, namespace: "other" });
  for (let i = 0; i < 3; i++) await f(5);
  t.deepEqual(loads, [5, 5]);
  t.deepEqual(backend.size, 2);
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test.serial(
  "the memory for arguments of hits is bounded, even if each argument is or was a megabyte",
  async (t) => {
    const { backend, cache } = createFunction();
    const plan = { name: "g", cache: cache.name, key: keyOver((text) => [text]) };
    const g = wrap(
      () => plan,
      async () => 1,
    ) as unknown as (text: string) => Promise<number>;
    const megabyte = (i: number): string => Buffer.alloc(1_000_000, `${i} `).toString("latin1");
    const used = (): number => {
      // The second collection frees the memory of Buffers.
      for (let i = 0; i < 2; i++) collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = used();
    for (const argumentOf of [megabyte, (i: number) => megabyte(i).slice(0, 50)]) {
      for (let i = 0; i < 60; i++) {
        const text = argumentOf(i);
        // At the third call its key is known.
        for (let call = 0; call < 3; call++) t.is(await g(text), 1);
      }
      backend.clear();
      const kept = used() - before;
      t.true(kept < 8_000_000, `${kept} bytes`);
    }
    for (let i = 0; i < 10_000; i++) {
      const text = `${"x".repeat(90)}${i}`;
      for (let call = 0; call < 2; call++) await g(text);
    }
    backend.clear();
    // These are 2,048 keys of 100 to 300 bytes.
    const kept = used() - before;
    t.true(kept < 8_000_000, `${kept} bytes`);
  },
);

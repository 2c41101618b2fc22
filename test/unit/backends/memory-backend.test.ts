import test from "ava";
import { ConfigError } from "../../../runtime/errors";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { randomId } from "../../../runtime/entry/id";
import { backendContract } from "../../support/backend-contract";
import { FakeClock } from "../../../runtime/testing/fake-clock";

backendContract("memory", () => {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock });
  return {
    backend,
    put: (key, bytes, ttlMs) => put(backend, key, bytes, ttlMs),
    ttlMs: async (key) => findTtl(backend, clock, key),
    pass: (ms) => clock.advance(ms),
  };
});

test("an entry has expired at exactly its ttl", async (t) => {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock });
  await put(backend, "key", Buffer.from("value"), 100);
  await clock.advance(99);
  t.deepEqual(await backend.read(["key"]), [Buffer.from("value")]);
  await clock.advance(1);
  t.is(backend.size, 1);
  t.deepEqual(await backend.read(["key"]), [null]);
  t.is(backend.size, 0, "reading it frees it");
});

test("an entry ends after its ttl even if the clock is set back meanwhile", async (t) => {
  let setBackMs = 0;
  const time = new FakeClock();
  const clock = {
    now: () => time.now() - setBackMs,
    steady: () => time.now(),
    after: time.after.bind(time),
  };
  const backend = new MemoryBackend({ clock });
  await put(backend, "key", Buffer.from("value"), 60_000);
  setBackMs = 3_600_000;
  await time.advance(59_000);
  t.deepEqual(await backend.read(["key"]), [Buffer.from("value")]);
  await time.advance(1_000);
  t.deepEqual(await backend.read(["key"]), [null]);
});

test("a lease has ended at exactly its end", async (t) => {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock });
  const acquire = async (): Promise<string | undefined> => {
    const requests = [{ key: "key", token: randomId(), leaseMs: 100, seenId: null, force: false }];
    return (await backend.acquire(requests))[0]?.status;
  };
  t.is(await acquire(), "acquired");
  await clock.advance(99);
  t.is(await acquire(), "busy");
  await clock.advance(1);
  t.is(await acquire(), "acquired");
});

test("nothing needs a timer", async (t) => {
  const clock = new FakeClock();
  await put(new MemoryBackend({ clock }), "key", Buffer.from("value"), 100);
  t.is(clock.pending, 0);
});

test("beyond maxEntries the least recently read goes first", async (t) => {
  const backend = new MemoryBackend({ maxEntries: 3, clock: new FakeClock() });
  for (const key of ["a", "b", "c"]) await put(backend, key, Buffer.from(key), 1_000);
  await backend.read(["a"]);
  await put(backend, "d", Buffer.from("d"), 1_000);
  t.is(backend.size, 3);
  t.deepEqual(await backend.read(["a", "b"]), [Buffer.from("a"), null]);
});

test("keys and values stay within maxBytes", async (t) => {
  const backend = new MemoryBackend({ maxBytes: 10_000 });
  for (let i = 0; i < 100; i++) await put(backend, `key:${i}`, Buffer.alloc(900), 1_000);
  t.is(backend.size, 9);
  for (let i = 0; i < 100; i++) await put(backend, `key:${i}`, Buffer.alloc(1_800), 1_000);
  t.is(backend.size, 4);
  for (let i = 0; i < 100; i++)
    await put(backend, `${"k".repeat(900)}:${i}`, Buffer.alloc(1), 1_000);
  t.is(backend.size, 7);
  for (let i = 0; i < 100; i++)
    await put(backend, `${"ж".repeat(450)}:${i}`, Buffer.alloc(1), 1_000);
  t.is(backend.size, 7);
});

test("a value larger than maxBytes is not kept, and its lease ends", async (t) => {
  const backend = new MemoryBackend({ maxBytes: 1_000 });
  const token = randomId();
  await put(backend, "other", Buffer.from("value"), 1_000);
  await backend.acquire([{ key: "key", token, leaseMs: 1_000, seenId: null, force: false }]);
  t.deepEqual(
    await backend.write([
      { key: "key", token, bytes: Buffer.alloc(1_000), ttlMs: 1_000, versionKeys: [] },
    ]),
    [false],
  );
  t.deepEqual(await backend.read(["key", "other"]), [null, Buffer.from("value")]);
});

test("a lease that was evicted drops the write under it", async (t) => {
  const backend = new MemoryBackend({ maxEntries: 1 });
  const token = randomId();
  await backend.acquire([{ key: "key", token, leaseMs: 1_000, seenId: null, force: false }]);
  await put(backend, "other", Buffer.from("value"), 1_000);
  t.deepEqual(
    await backend.write([
      { key: "key", token, bytes: Buffer.from("x"), ttlMs: 1_000, versionKeys: [] },
    ]),
    [false],
  );
});

test("clear ends entries and leases", async (t) => {
  const backend = new MemoryBackend();
  const token = randomId();
  await put(backend, "entry", Buffer.from("value"), 1_000);
  await backend.acquire([{ key: "lease", token, leaseMs: 1_000, seenId: null, force: false }]);
  backend.clear();
  t.is(backend.size, 0);
  t.deepEqual(
    await backend.write([
      { key: "lease", token, bytes: Buffer.from("x"), ttlMs: 1_000, versionKeys: [] },
    ]),
    [false],
  );
});

test("an operation is carried out before it returns", (t) => {
  const backend = new MemoryBackend();
  const token = randomId();
  void backend.acquire([{ key: "key", token, leaseMs: 1_000, seenId: null, force: false }]);
  t.is(backend.size, 1);
  void backend.delete(["key"]);
  t.is(backend.size, 0);
});

test("limits are whole numbers of at least 1", (t) => {
  const message = (options: object): string | undefined =>
    t.throws(() => new MemoryBackend(options), { instanceOf: ConfigError })?.message;
  t.is(
    message({ maxEntries: 0 }),
    'MemoryBackend: "maxEntries" must be a whole number of at least 1, but got: 0.',
  );
  t.is(
    message({ maxEntries: 1.5 }),
    'MemoryBackend: "maxEntries" must be a whole number of at least 1, but got: 1.5.',
  );
  t.is(
    message({ maxBytes: "64" }),
    'MemoryBackend: "maxBytes" must be a whole number of at least 1, but got: "64".',
  );
  t.is(
    message({ maxBytes: NaN }),
    'MemoryBackend: "maxBytes" must be a whole number of at least 1, but got: NaN.',
  );
});

test("limits are restricted to sizes that can be allocated", (t) => {
  const message = (maxEntries: number): string | undefined =>
    t.throws(() => new MemoryBackend({ maxEntries }), { instanceOf: ConfigError })?.message;
  t.is(
    message(2 ** 24 + 1),
    'MemoryBackend: "maxEntries" must be at most 16777216, the capacity of a JavaScript Map, but got: 16777217.',
  );
  t.regex(String(message(1e8)), /at most 16777216/);
  t.regex(String(message(2 ** 32)), /at most 16777216/);
  t.notThrows(() => new MemoryBackend({ maxEntries: 2 ** 24, maxBytes: 1_000_000 }));
});

async function put(
  backend: MemoryBackend,
  key: string,
  bytes: Buffer,
  ttlMs: number,
): Promise<void> {
  const token = randomId();
  await backend.delete([key]);
  await backend.acquire([{ key, token, leaseMs: ttlMs, seenId: null, force: false }]);
  await backend.write([{ key, token, bytes, ttlMs, versionKeys: [] }]);
}

function findTtl(backend: MemoryBackend, clock: FakeClock, key: string): number | null {
  const end = backend.endOf(key);
  return end !== null && end > clock.now() ? end - clock.now() : null;
}

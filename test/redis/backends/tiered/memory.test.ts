import test from "ava";
import type { Redis } from "ioredis";
import { randomId } from "../../../../runtime/entry/id";
import { FakeClock } from "../../../../runtime/testing/fake-clock";
import { startRedis, until } from "../../../../test/support/redis";
import { fill, minute, useRedis } from "./tier";

const { startTier } = useRedis();

test.serial(
  "a value that was read is read from memory, by functions that ask for it",
  async (t) => {
    const tier = await startTier(t);
    await tier.other.set("a", "1");
    t.deepEqual(await tier.read(["a"], minute), [Buffer.from("1")]);
    t.is(tier.takeReads(), 1);
    t.deepEqual(await tier.read(["a"], minute), [Buffer.from("1")]);
    t.is(tier.takeReads(), 0);
    await tier.read(["a"]);
    await tier.read(["a"], { memoryMs: 0 });
    t.is(tier.takeReads(), 2);
  },
);

test.serial(
  "a value that was read by a function that doesn't ask for memory is not kept",
  async (t) => {
    const tier = await startTier(t);
    await tier.other.set("a", "1");
    await tier.read(["a"]);
    t.is(tier.memory.size, 0);
  },
);

test.serial("an empty answer is not kept, and neither is a lease without an entry", async (t) => {
  const tier = await startTier(t);
  await tier.read(["none"], minute);
  await tier.backend.acquire([
    { key: "lease", token: randomId(), leaseMs: 1_000, seenId: null, force: false },
  ]);
  await tier.read(["lease"], minute);
  t.is(tier.memory.size, 0);
});

test.serial("memory answers for all keys of a read or for none", async (t) => {
  const tier = await startTier(t);
  await tier.other.mset({ entry: "1", tag: "version" });
  await tier.read(["entry", "tag"], minute);
  await tier.invalidated("tag", () => tier.other.set("tag", "changed"));
  tier.takeReads();
  t.deepEqual(await tier.read(["entry", "tag"], minute), [
    Buffer.from("1"),
    Buffer.from("changed"),
  ]);
  t.is(tier.takeReads(), 1);
});

test.serial(
  "memory answers no longer than requested, counted from the beginning of the read",
  async (t) => {
    const clock = new FakeClock();
    const tier = await startTier(t, { clock, maxLag: "10m" });
    await tier.other.set("a", "1");
    const answer = tier.backend.read(["a"], { memoryMs: 30_000 });
    clock.set(clock.now() + 10_000);
    await answer;
    await tier.settled();
    clock.set(clock.now() + 19_999);
    await tier.read(["a"], { memoryMs: 30_000 });
    t.is(tier.takeReads(), 1);
    await tier.read(["a"], { memoryMs: 29_999 });
    t.is(tier.takeReads(), 1, "another function may ask for less");
    clock.set(clock.now() + 30_000);
    await tier.read(["a"], { memoryMs: 30_000 });
    t.is(tier.takeReads(), 1);
  },
);

test.serial(
  "an entry is not served beyond its ttl, although Redis has not noticed that it has expired",
  async (t) => {
    const clock = new FakeClock();
    const tier = await startTier(t, { clock, maxLag: "10m" });
    const begunAt = clock.now();
    // It stays in Redis, which reports nothing, because only the tier's clock moves on.
    await tier.other.set("a", "1", "PX", 60_000);
    await fill(tier, "a");
    const end = tier.memory.recall("a")?.until ?? 0;
    t.true(end > begunAt && end <= begunAt + 60_000);
    clock.set(end - 1);
    await tier.read(["a"], { memoryMs: 120_000 });
    t.is(tier.takeReads(), 0);
    clock.set(end);
    t.not(tier.memory.recall("a"), null, "no push has come");
    await tier.read(["a"], { memoryMs: 120_000 });
    t.is(tier.takeReads(), 1);
  },
);

for (const [what, change] of [
  ["invalidates it", (client: Redis) => client.del("a")],
  ["writes it", (client: Redis) => client.set("a", "2")],
  ["shortens its life", (client: Redis) => client.pexpire("a", 50_000)],
  ["lets it expire", (client: Redis) => client.pexpire("a", 1)],
  ["renames it", (client: Redis) => client.rename("a", "b")],
  ["flushes everything", (client: Redis) => client.flushall()],
] as const) {
  test.serial(`a key is gone from memory when another client ${what}`, async (t) => {
    const tier = await startTier(t);
    await tier.other.set("a", "1");
    await tier.read(["a"], minute);
    t.is(tier.memory.size, 1);
    await tier.invalidated("a", () => change(tier.other));
    t.is(tier.memory.size, 0);
  });
}

test.serial("a key that Redis evicts is gone from memory", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const tier = await startTier(t, {}, { server: own });
  await tier.other.set("a", "1", "PX", 60_000);
  await tier.read(["a"], minute);
  await tier.invalidated("a", async () => {
    await tier.other.config("SET", "maxmemory-policy", "volatile-ttl");
    await tier.other.config("SET", "maxmemory", "1");
    await tier.other.ping();
    // A write that needs memory makes Redis evict first.
    await tier.other.set("b", "1").catch(() => {});
    await tier.other.config("SET", "maxmemory", "0");
  });
  t.is(tier.memory.size, 0);
});

test.serial("only keys under the prefixes are kept, and Redis reports no others", async (t) => {
  const tier = await startTier(
    t,
    { prefixes: ["shop.", "tag:", "tag:user:"] },
    { client: { keyPrefix: "app:" } },
  );
  await tier.other.mset({ "app:shop.a": "1", "app:tag:a": "1", "app:else": "1" });
  for (const key of ["shop.a", "tag:a", "else"]) await tier.read([key], minute);
  await tier.read(["shop.a", "else"], minute);
  t.is(tier.memory.size, 2);
  t.is(tier.takeReads(), 4);
  await tier.invalidated("shop.a", () => tier.other.del("app:shop.a"));
  t.is(tier.memory.size, 1);
});

test.serial("many keys: each invalidation finds its own", async (t) => {
  const tier = await startTier(t);
  const keys = Array.from({ length: 2_000 }, (_, i) => `many:${i}`);
  await tier.other.mset(Object.fromEntries(keys.map((key) => [key, "old"])));
  await Promise.all(keys.map((key) => tier.backend.read([key], minute)));
  await tier.settled();
  t.is(tier.memory.size, 2_000);
  const odd = keys.filter((_, i) => i % 2 === 1);
  await tier.other.del(odd);
  await until("all are gone", async () => tier.memory.size === 1_000);
  t.true(keys.every((key, i) => (tier.memory.recall(key) === null) === (i % 2 === 1)));
});

test.serial("entries and bytes are bounded by the memory backend", async (t) => {
  const few = await startTier(t, {}, { memory: { maxEntries: 3 } });
  const small = await startTier(t, {}, { memory: { maxBytes: 11_000 } });
  const keys = Array.from({ length: 10 }, (_, i) => `bound:${i}`);
  await few.other.mset(Object.fromEntries(keys.map((key) => [key, "x".repeat(3_000)])));
  for (const key of keys) {
    await few.read([key], minute);
    await small.read([key], minute);
  }
  t.is(few.memory.size, 3);
  t.is(small.memory.size, 3);
  await few.other.set("bound:large", "x".repeat(20_000));
  t.is((await small.read(["bound:large"], minute))[0]?.length, 20_000);
  t.is(small.memory.recall("bound:large"), null);
});

test.serial("what is kept doesn't hold on to what the socket received", async (t) => {
  const tier = await startTier(t);
  await tier.other.set("kept", "12345678");
  await tier.read(["kept"], minute);
  t.is(tier.memory.recall("kept")?.bytes.buffer.byteLength, 8);
});

test.serial(
  "a key whose name has no form in UTF-8 is not kept, because Redis reports it by another name",
  async (t) => {
    const tier = await startTier(t);
    const cut = "tag:party \ud83c";
    const stored = "tag:party \ufffd";
    await tier.other.set(stored, "1");
    t.deepEqual(await tier.read([cut], minute), [Buffer.from("1")]);
    await tier.other.set(stored, "2");
    t.deepEqual(await tier.read([cut], minute), [Buffer.from("2")]);
    // A change that this process makes under one name is visible at once under the other, too.
    await fill(tier, stored);
    await tier.backend.delete([cut]);
    t.is(tier.memory.recall(stored), null);
    t.deepEqual(await tier.read([stored], minute), [null]);
  },
);

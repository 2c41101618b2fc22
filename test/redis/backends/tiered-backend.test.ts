import { fork } from "node:child_process";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test, { type ExecutionContext } from "ava";
import type { Redis, RedisOptions } from "ioredis";
import type { ReadOptions, Values } from "../../../runtime/backends/backend";
import { wrap } from "../../../runtime/calls/cached-function";
import { neverSetBack, systemClock } from "../../../runtime/clock";
import { configure } from "../../../runtime/cache/configure";
import { ConfigError } from "../../../runtime/errors";
import type { TierState } from "../../../runtime/backends/tiered/streams";
import { MemoryBackend, type MemoryBackendOptions } from "../../../runtime/backends/memory-backend";
import type { Plan } from "../../../runtime/plan";
import { randomId } from "../../../runtime/entry/id";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import type { RedisClient } from "../../../runtime/backends/redis/redis-client";
import { TieredBackend, type TieredBackendOptions } from "../../../runtime/backends/tiered/tiered-backend";
import { backendContract, type Subject } from "../../support/backend-contract";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { startProxy } from "../../support/proxy";
import { type RedisServer, startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

const minute = { memoryMs: 60_000 };
let server: RedisServer;
const subjects = new Map<string, Subject>();

test.before(async () => {
  server = await startRedis();
  const [plain, remembering] = [createTier(server.client()), createTier(server.client({ keyPrefix: "app:" }))];
  await Promise.all([plain, remembering].map(live));
  subjects.set("tiered", createSubject(plain, plain.backend));
  // Every read may be answered from memory, and no test can tell.
  subjects.set("tiered, read from memory", createSubject(remembering, readingFromMemory(remembering.backend)));
});

test.after.always(() => server?.stop());

for (const name of ["tiered", "tiered, read from memory"]) {
  backendContract(name, () => subjects.get(name) as Subject);
}

test.serial("a value that was read is read from memory, by functions that ask for it", async (t) => {
  const tier = await startTier(t);
  await tier.other.set("a", "1");
  t.deepEqual(await tier.read(["a"], minute), [Buffer.from("1")]);
  t.is(tier.takeReads(), 1);
  t.deepEqual(await tier.read(["a"], minute), [Buffer.from("1")]);
  t.is(tier.takeReads(), 0);
  await tier.read(["a"]);
  await tier.read(["a"], { memoryMs: 0 });
  t.is(tier.takeReads(), 2);
});

test.serial("a value that was read by a function that doesn't ask for memory is not kept", async (t) => {
  const tier = await startTier(t);
  await tier.other.set("a", "1");
  await tier.read(["a"]);
  t.is(tier.memory.size, 0);
});

test.serial("an empty answer is not kept, and neither is a lease without an entry", async (t) => {
  const tier = await startTier(t);
  await tier.read(["none"], minute);
  await tier.backend.acquire([{ key: "lease", token: randomId(), leaseMs: 1_000, seenId: null, force: false }]);
  await tier.read(["lease"], minute);
  t.is(tier.memory.size, 0);
});

test.serial("memory answers for all keys of a read or for none", async (t) => {
  const tier = await startTier(t);
  await tier.other.mset({ entry: "1", tag: "version" });
  await tier.read(["entry", "tag"], minute);
  await tier.invalidated("tag", () => tier.other.set("tag", "changed"));
  tier.takeReads();
  t.deepEqual(await tier.read(["entry", "tag"], minute), [Buffer.from("1"), Buffer.from("changed")]);
  t.is(tier.takeReads(), 1);
});

test.serial("memory answers no longer than requested, counted from the beginning of the read", async (t) => {
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
});

test.serial("an entry is not served beyond its ttl, although Redis has not noticed that it has expired", async (t) => {
  const own = await startRedis({ args: ["--enable-debug-command", "yes"] });
  t.teardown(own.stop);
  const tier = await startTier(t, {}, { server: own });
  await tier.other.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await tier.other.set("a", "1", "PX", 300);
  await fill(tier, "a");
  const until = tier.memory.recall("a")?.until ?? 0;
  const { now } = neverSetBack(systemClock);
  t.true(until > now() && until <= now() + 300);
  while (now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  t.is(tier.states.length, 1);
  t.not(tier.memory.recall("a"), null, "no push has come");
  await tier.read(["a"], minute);
  t.is(tier.takeReads(), 1);
});

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
    // What would need memory makes Redis evict first.
    await tier.other.set("b", "1").catch(() => {});
    await tier.other.config("SET", "maxmemory", "0");
  });
  t.is(tier.memory.size, 0);
});

test.serial("what this process changes is gone from its memory before the change is acknowledged", async (t) => {
  const tier = await startTier(t);
  const { backend } = tier;
  const token = randomId();
  const changes: [string, () => Promise<unknown>][] = [
    ["delete", () => backend.delete(["a"])],
    ["acquire", () => backend.acquire([{ key: "a", token, leaseMs: 60_000, seenId: null, force: true }])],
    ["write", () => backend.write([{ key: "a", token, bytes: Buffer.from("2"), ttlMs: 60_000, versionKeys: [] }])],
    ["release", () => backend.release([{ key: "a", token }])],
    ["ensureVersions", () => backend.ensureVersions([{ key: "a", seed: randomId(), ttlMs: 60_000 }])],
    ["holdKeys", () => backend.holdKeys([{ key: "a", token, leaseMs: 60_000 }])],
    ["endHolds", () => backend.endHolds([{ key: "a", token }])],
  ];
  for (const [name, change] of changes) {
    for (let round = 0; round < 20; round++) {
      await tier.other.set("a", "1", "PX", 60_000);
      if (name === "write" || name === "release") {
        await backend.acquire([{ key: "a", token, leaseMs: 60_000, seenId: null, force: true }]);
      }
      await fill(tier, "a");
      const changed = change();
      t.is(tier.memory.recall("a"), null, `${name}: before`);
      // This one is sent behind the change; one before it may be answered later.
      const between = backend.read(["a"], minute);
      await changed;
      t.is(tier.memory.recall("a"), null, `${name}: after`);
      await between;
    }
  }
});

test.serial("a read that is carried out before the change, although it began after it, is not kept", async (t) => {
  const proxy = await startProxy(server.port);
  t.teardown(proxy.stop);
  const tier = await startTier(t, { maxLag: "1m" }, { client: { port: proxy.port } });
  await tier.other.set("between", "old");
  // No push is needed for it.
  await tier.invalidated("between", () => tier.other.set("between", "old"));
  proxy.connections[1]?.hold();
  const client = tier.client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const script = "zcacheDeleteUnheldBuffer";
  const command = client[script] as (...args: unknown[]) => Promise<unknown>;
  let send!: () => void;
  const sent = new Promise<void>((resolve) => (send = resolve));
  client[script] = async (...args) => (await sent, command.apply(client, args));
  const deleting = tier.backend.delete(["between"]);
  await fill(tier, "between");
  send();
  await deleting;
  t.is(tier.memory.recall("between"), null);
});

test.serial("a change that fails has dropped the key all the same", async (t) => {
  const proxy = await startProxy(server.port);
  t.teardown(proxy.stop);
  const tier = await startTier(
    t,
    {},
    { client: { port: proxy.port, maxRetriesPerRequest: 0, retryStrategy: () => 10 } },
  );
  await tier.other.set("fails", "1");
  await fill(tier, "fails");
  proxy.connections[0]?.hold();
  const deleting = tier.backend.delete(["fails"]);
  t.is(tier.memory.recall("fails"), null);
  proxy.connections[0]?.cut();
  await t.throwsAsync(deleting);
  t.is(tier.memory.recall("fails"), null);
});

test.serial("an invalidation that overtakes the answer wins: the answer is not kept", async (t) => {
  const proxy = await startProxy(server.port);
  t.teardown(proxy.stop);
  const tier = await startTier(t, { maxLag: "1m" }, { client: { port: proxy.port } });
  const [data] = proxy.connections;
  for (let round = 0; round < 5; round++) {
    const race = `race:${round}`;
    await tier.other.set(race, "old");
    data?.hold();
    const answer = tier.backend.read([race], minute);
    // The read has been carried out when the server has nothing left to do for its client.
    await tier.other.ping();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await tier.invalidated(race, () => tier.other.set(race, "new"));
    // A read that begins now is a later one, which is kept.
    const later = round % 2 === 0 ? tier.backend.read([race], minute) : null;
    data?.release();
    t.deepEqual(await answer, [Buffer.from("old")]);
    if (later) t.deepEqual(await later, [Buffer.from("new")]);
    await tier.settled();
    t.is(tier.memory.recall(race) !== null, later !== null);
    t.deepEqual(await tier.read([race], minute), [Buffer.from("new")]);
    t.is(tier.backend.pendingReads, 0);
  }
});

test.serial("a read whose answer comes after a flush is not kept", async (t) => {
  const proxy = await startProxy(server.port);
  t.teardown(proxy.stop);
  const tier = await startTier(t, { maxLag: "1m" }, { client: { port: proxy.port } });
  await tier.other.set("flushed", "old");
  const [data, subscription] = proxy.connections;
  data?.hold();
  const answer = tier.backend.read(["flushed"], minute);
  await new Promise((resolve) => setTimeout(resolve, 20));
  subscription?.cut();
  await until("the tier is bypassed", async () => tier.backend.state === "bypassed");
  data?.release();
  t.deepEqual(await answer, [Buffer.from("old")]);
  t.is(tier.memory.size, 0);
});

test.serial("reads that fail leave nothing behind", async (t) => {
  const tier = await startTier(t);
  await tier.other.lpush("list", "x");
  await t.throwsAsync(tier.backend.read(["list"], minute), { message: /WRONGTYPE/ });
  t.is(tier.backend.pendingReads, 0);
  t.is(tier.memory.size, 0);
});

test.serial("after CLIENT KILL TYPE pubsub the tier is flushed, bypassed, and live again", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const tier = await startTier(t, {}, { server: own });
  for (let round = 0; round < 3; round++) {
    await tier.other.set("a", `old ${round}`);
    await fill(tier, "a");
    await tier.other.call("CLIENT", "KILL", "TYPE", "pubsub");
    // Nobody tells of this one.
    await tier.other.set("a", `new ${round}`);
    await until("it is noticed", async () => tier.states.at(-1) === "bypassed" || tier.states.length > 2 * round + 1);
    t.deepEqual(await tier.read(["a"], minute), [Buffer.from(`new ${round}`)]);
    await live(tier);
    t.deepEqual(await tier.read(["a"], minute), [Buffer.from(`new ${round}`)]);
  }
  t.deepEqual(tier.states, ["live", "bypassed", "live", "bypassed", "live", "bypassed", "live"]);
});

test.serial("when the user's client loses its connection, memory is flushed", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const tier = await startTier(t, {}, { server: own, client: { retryStrategy: () => 10 } });
  await tier.other.set("a", "1");
  await fill(tier, "a");
  await tier.other.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await until("it is noticed", async () => tier.memory.size === 0);
  await live(tier);
  t.deepEqual(tier.states, ["live", "bypassed", "live"]);
});

test.serial("a server that is killed and comes back empty is read, and tracked again", async (t) => {
  const first = await startRedis();
  const proxy = await startProxy(first.port);
  t.teardown(async () => void (await Promise.all([proxy.stop(), first.stop()])));
  const tier = await startTier(t, {}, { server: first, client: { port: proxy.port, retryStrategy: () => 20 } });
  await tier.other.set("a", "1");
  await fill(tier, "a");
  await first.kill();
  await until("it is noticed", async () => tier.backend.state === "bypassed");
  t.is(tier.memory.size, 0);
  const second = await startRedis();
  t.teardown(second.stop);
  proxy.target = second.port;
  await live(tier);
  t.deepEqual(await tier.read(["a"], minute), [null]);
  await second.client().set("a", "2");
  await fill(tier, "a");
  t.deepEqual(await tier.read(["a"], minute), [Buffer.from("2")]);
});

test.serial("a stream that is silently dead is bypassed after maxLag, and replaced", async (t) => {
  const proxy = await startProxy(server.port);
  t.teardown(proxy.stop);
  const tier = await startTier(t, { maxLag: "200ms" }, { client: { port: proxy.port } });
  await tier.other.set("half-open", "old");
  await fill(tier, "half-open");
  proxy.connections[1]?.hold();
  const heldAt = performance.now();
  await tier.other.set("half-open", "new");
  const changedAt = performance.now();
  let lastOldAt = 0;
  await until("the new value is read", async () => {
    const startedAt = performance.now();
    const [bytes] = await tier.read(["half-open"], minute);
    if (bytes?.toString() === "old") lastOldAt = startedAt;
    return bytes?.toString() === "new";
  });
  t.true(lastOldAt - changedAt < 200, `${lastOldAt - changedAt} ms`);
  t.true(lastOldAt > heldAt, "it was a stale read that this test is about");
  await live(tier);
  t.is(proxy.connections.length, 3);
  t.regex(tier.causes.join("\n"), /their invalidations don't arrive/);
});

test.serial("a stream to another server than the client's is bypassed, even if it is alive", async (t) => {
  const [a, b] = await Promise.all([startRedis(), startRedis()]);
  const proxy = await startProxy(a.port);
  t.teardown(async () => void (await Promise.all([proxy.stop(), a.stop(), b.stop()])));
  const client = a.client({ port: proxy.port });
  await client.ping();
  proxy.target = b.port;
  const tier = createTier(client, { maxLag: "100ms" });
  t.teardown(() => tier.backend.close());
  await until("it was replaced twice", async () => proxy.connections.length >= 3);
  t.is(tier.backend.state, "bypassed");
  t.deepEqual(
    tier.states.filter((state) => state === "live"),
    [],
  );
  proxy.target = a.port;
  await live(tier);
});

test.serial(
  "with a frozen server the tier is bypassed after maxLag, and in use again when the server continues",
  async (t) => {
    const own = await startRedis();
    t.teardown(own.stop);
    const tier = await startTier(t, { maxLag: "200ms" }, { server: own });
    await tier.other.set("a", "1");
    await fill(tier, "a");
    own.freeze();
    await until("it is noticed", async () => tier.backend.state === "bypassed");
    const waiting = tier.backend.read(["a"], minute);
    own.thaw();
    t.deepEqual(await waiting, [Buffer.from("1")]);
    await live(tier);
  },
);

test.serial("a process that was suspended asks Redis before it trusts its memory", async (t) => {
  const clock = new FakeClock();
  const tier = await startTier(t, { clock, maxLag: "1s" });
  await tier.other.set("slept", "1");
  await fill(tier, "slept");
  clock.set(clock.now() + 1_000);
  await tier.read(["slept"], minute);
  t.is(tier.takeReads(), 1, "no timer has fired yet");
  await clock.advance(400);
  await live(tier);
  await tier.read(["slept"], minute);
  t.is(tier.takeReads(), 0, "the stream was never interrupted, and nothing was flushed");
});

/** A tier with "a" in memory, and what is done to its clocks: the machine sleeps, or somebody sets one of them. */
async function startWithClocks(t: ExecutionContext) {
  const steady = new FakeClock();
  let apartMs = 0;
  const clock = { now: () => steady.now() + apartMs, steady: () => steady.now(), after: steady.after.bind(steady) };
  const tier = await startTier(t, { clock, maxLag: "10m" });
  await tier.other.set("a", "1");
  await fill(tier, "a");
  await tier.read(["a"], minute);
  t.is(tier.takeReads(), 0);
  return { steady, tier, setWallClock: (byMs: number) => void (apartMs += byMs) };
}

test.serial("a machine that slept asks Redis, although a steady clock has stopped meanwhile", async (t) => {
  const { tier, setWallClock } = await startWithClocks(t);
  setWallClock(600_000);
  t.is(tier.backend.state, "bypassed");
  await tier.read(["a"], { memoryMs: 3_600_000 });
  t.is(tier.takeReads(), 1);
});

test.serial("a clock that is set back makes nothing younger", async (t) => {
  const { steady, tier, setWallClock } = await startWithClocks(t);
  setWallClock(-3_600_000);
  steady.set(steady.now() + 600_000);
  await tier.read(["a"], { memoryMs: 3_600_000 });
  t.is(tier.takeReads(), 1);
});

test.serial("only keys under the prefixes are kept, and Redis reports no others", async (t) => {
  const tier = await startTier(t, { prefixes: ["shop.", "tag:", "tag:user:"] }, { client: { keyPrefix: "app:" } });
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

test.serial(
  "readers and writers at full speed: memory is correct when they have ended, and within maxLag at the latest",
  async (t) => {
    const tier = await startTier(t);
    const keys = Array.from({ length: 20 }, (_, i) => `busy:${i}`);
    const written = new Map<string, { value: number; at: number }[]>(keys.map((key) => [key, []]));
    const end = Date.now() + 1_000;
    let wrong = 0;
    const write = async (key: string): Promise<void> => {
      for (let value = 1; Date.now() < end; value++) {
        await tier.other.set(key, value);
        written.get(key)?.push({ value, at: performance.now() });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      }
    };
    const read = async (key: string): Promise<void> => {
      while (Date.now() < end) {
        const known = (written.get(key) ?? []).findLast(({ at }) => at < performance.now() - 1_000)?.value ?? 0;
        const [bytes] = await tier.read([key], minute);
        if (Number(bytes ?? 0) < known) wrong++;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all(keys.flatMap((key) => [write(key), read(key), read(key)]));
    t.is(wrong, 0);
    await tier.read(keys, minute);
    await tier.proven();
    for (const key of keys) {
      const [bytes] = await tier.read([key], minute);
      t.is(Number(bytes), written.get(key)?.at(-1)?.value ?? NaN);
    }
    t.is(tier.backend.pendingReads, 0);
  },
);

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

test.serial("nothing is kept after close, and Redis continues to answer", async (t) => {
  const tier = await startTier(t);
  await tier.other.set("closed", "1");
  await fill(tier, "closed");
  tier.backend.close();
  t.is(tier.memory.size, 0);
  t.is(tier.backend.state, "bypassed");
  t.deepEqual(await tier.read(["closed"], minute), [Buffer.from("1")]);
  t.is(tier.memory.size, 0);
  tier.backend.close();
  t.deepEqual(tier.states, ["live", "bypassed"]);
});

test.serial("close leaves no connection, no timer and no listener", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const clock = new FakeClock();
  const client = own.client();
  // All backends on a client share what listens to it.
  t.truthy(new RedisBackend(client));
  const before = listenerCounts(client);
  const tier = await startTier(t, { clock }, { server: own, given: client });
  t.is(clock.pending, 1);
  tier.backend.close();
  t.is(clock.pending, 0);
  t.deepEqual(listenerCounts(client), before);
  await until("its connection is gone", async () => !/ sub=1 /.test(String(await tier.other.client("LIST"))));
  t.notRegex(String(await tier.other.client("LIST")), / sub=1 /);
});

test.serial("a client that the user closes takes the stream with it, and brings it back", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const tier = await startTier(t, {}, { server: own });
  await tier.client.quit();
  await until("it is noticed", async () => tier.backend.state === "bypassed");
  await until("its connection is gone", async () => !/ sub=1 /.test(String(await tier.other.client("LIST"))));
  await tier.client.connect();
  await live(tier);
  t.deepEqual(tier.states, ["live", "bypassed", "live"]);
});

test.serial("a client with lazy connections is not made to connect", async (t) => {
  const client = server.client({ lazyConnect: true });
  const tier = createTier(client);
  t.teardown(() => tier.backend.close());
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.is(client.status, "wait");
  await tier.read(["a"], minute);
  await live(tier);
});

for (const [what, rules, cause] of [
  ["CLIENT", ["-client"], /NOPERM.*client/i],
  ["SUBSCRIBE", ["-subscribe"], /NOPERM.*subscribe/i],
  ["the channel", ["resetchannels"], /NOPERM.*channel/i],
  ["the canary", ["-set"], /NOPERM.*set/i],
] as const) {
  test.serial(`a user without permission for ${what} gets a plain RedisBackend, and is told once`, async (t) => {
    const own = await startRedis();
    t.teardown(own.stop);
    const admin = own.client();
    await admin.call(
      "ACL",
      "SETUSER",
      "app",
      "on",
      ">pw",
      "~app:*",
      "&*",
      "+@all",
      "-@dangerous",
      "+client",
      "+info",
      ...rules,
    );
    const client = own.client({ username: "app", password: "pw", keyPrefix: "app:" });
    const tier = createTier(client, { maxLag: "100ms" });
    t.teardown(() => tier.backend.close());
    await until("it is refused", async () => tier.causes.length > 0);
    await admin.set("app:a", "1");
    for (let i = 0; i < 2; i++) t.deepEqual(await tier.read(["a"], minute), [Buffer.from("1")]);
    t.is(tier.takeReads(), 2);
    await new Promise((resolve) => setTimeout(resolve, 150));
    t.is(tier.causes.length, 1);
    t.regex(tier.causes[0] ?? "", cause);
  });
}

test.serial("a user limited to the prefix gets the tier, with the rights in docs/tiers.md", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const admin = own.client();
  const permitted = "+get +mget +pttl +set +del +evalsha +eval +client|id +client|tracking +subscribe".split(" ");
  await admin.call(
    "ACL",
    "SETUSER",
    "app",
    "on",
    ">pw",
    "~app:*",
    "resetchannels",
    "&__redis__:invalidate",
    ...permitted,
  );
  const client = own.client({ username: "app", password: "pw", keyPrefix: "app:", enableReadyCheck: false });
  const tier = createTier(client);
  t.teardown(() => tier.backend.close());
  await live(tier);
  await admin.set("app:a", "1");
  await fill(tier, "a");
  t.deepEqual(tier.states, ["live"]);
});

test.serial("without a listener a refusal becomes one process warning", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  await own.client().call("ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all", "-client", "&*");
  const warned = new Promise<Error>((resolve) =>
    process.on("warning", (warning) => warning.name === "ZcacheTierWarning" && resolve(warning)),
  );
  const client = own.client({ username: "app", password: "pw" });
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client));
  t.teardown(() => backend.close());
  t.regex((await warned).message, /^The memory tier is out of use because Redis refuses what it needs: NOPERM/);
});

test.serial("a listener that throws breaks nothing", async (t) => {
  const warned = new Promise<Error>((resolve) =>
    process.on("warning", (warning) => warning.message === "a mistake" && resolve(warning)),
  );
  const client = server.client();
  const onStateChange = (): void => {
    throw new TypeError("a mistake");
  };
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client), { onStateChange });
  t.teardown(() => backend.close());
  await until("live", async () => backend.state === "live");
  t.is((await warned).message, "a mistake");
});

test.serial("no key stays behind", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const tier = await startTier(t, { maxLag: "100ms" }, { server: own });
  await tier.proven();
  t.is(await tier.other.dbsize(), 0);
});

test.serial("a function with memory is read from memory, and sees what this process invalidates at once", async (t) => {
  const tier = await startTier(t);
  const users = createUsers(t, tier, { memoryMs: 30_000 });
  for (let round = 0; round < 20; round++) {
    t.is((await users.get(1)).version, users.version);
    await tier.unread(() => users.get(1));
    const user = await users.get(1);
    t.is(tier.takeReads(), 0);
    // What a caller does to its copy is its own affair.
    user.version = -1;
    t.is((await users.get(1)).version, users.version);
    users.version++;
    await (round % 2 === 0 ? users.get.invalidate(1) : users.get.invalidateTag("user:1"));
  }
});

test.serial("a function with memory sees another process's invalidation within the time of a push", async (t) => {
  const tier = await startTier(t);
  const users = createUsers(t, tier, { memoryMs: 30_000 });
  for (const key of ["tag:user:1~", "f|1"]) {
    await tier.unread(() => users.get(1));
    users.version++;
    await tier.invalidated(key, () => tier.other.del(key));
    t.is((await users.get(1)).version, users.version);
  }
});

test.serial("a function without memory always asks Redis", async (t) => {
  const tier = await startTier(t);
  const users = createUsers(t, tier, {});
  await users.get(1);
  await users.get(1);
  tier.takeReads();
  await users.get(1);
  t.is(tier.takeReads(), 1);
});

test.serial("configure's memory applies to all functions except those that set it themselves", async (t) => {
  const tier = await startTier(t);
  const all = createUsers(t, tier, {}, { memory: "30s" });
  const off = createUsers(t, tier, { memoryMs: 0, name: "off" }, { memory: "30s" });
  await off.get(1);
  await tier.unread(() => all.get(1));
  await off.get(1);
  t.is(tier.takeReads(), 1);
});

test.serial("a batch with memory asks Redis in one command for what memory doesn't have", async (t) => {
  const tier = await startTier(t);
  const loads: number[][] = [];
  const name = configureFor(t, tier);
  const plan: Plan = {
    name: "batch",
    key: keyOver((id) => [id]),
    tags: [template(["item:", ""], (id) => [id])],
    cache: name,
    batch: "array",
    rest: true,
    memoryMs: 30_000,
  };
  const items = wrap(
    () => plan,
    (async (...ids: number[]) => (loads.push(ids), ids.map((id) => ({ id })))) as never,
    "batch",
  ) as unknown as (...ids: number[]) => Promise<{ id: number }[]>;
  await tier.unread(() => items(1, 2, 3));
  t.deepEqual(await items(3, 1, 3), [{ id: 3 }, { id: 1 }, { id: 3 }]);
  t.is(tier.takeReads(), 0);
  await tier.invalidated("batch|2", () => tier.other.del("batch|2"));
  t.deepEqual(await items(1, 2, 3, 4), [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
  t.is(tier.takeReads(), 1);
  t.deepEqual(loads, [
    [1, 2, 3],
    [2, 4],
  ]);
});

test.serial("another process sees an invalidation within maxLag, and usually within milliseconds", async (t) => {
  const bench = fork(join(__dirname, "../../../bench/tier-lag.ts"), ["--rounds", "100", "--json"], {
    execArgv: ["-r", "ts-node/register/transpile-only"],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  let output = "";
  bench.stdout?.on("data", (chunk) => (output += String(chunk)));
  t.is(await new Promise((resolve) => bench.once("exit", resolve)), 0);
  const [idle] = JSON.parse(output) as { rounds: number; p50Ms: number; maxMs: number }[];
  t.is(idle?.rounds, 100);
  t.true((idle?.maxMs ?? Infinity) < 1_000, output);
  t.true((idle?.p50Ms ?? Infinity) < 50, output);
});

test.serial("other arguments, clients without events and impossible options are refused", async (t) => {
  const memory = new MemoryBackend();
  const redis = new RedisBackend(server.client({ lazyConnect: true }));
  const message = (make: () => unknown): string | undefined => t.throws(make, { instanceOf: ConfigError })?.message;
  const options = (given: object) => (): unknown => new TieredBackend(memory, redis, given);
  t.is(
    message(() => new TieredBackend(redis as never, redis)),
    "TieredBackend: the first argument must be a MemoryBackend, but got: an instance of RedisBackend.",
  );
  t.is(
    message(() => new TieredBackend(memory, memory as never)),
    "TieredBackend: the second argument must be a RedisBackend, but got: an instance of MemoryBackend.",
  );
  t.is(
    message(options({ prefixes: [] })),
    'TieredBackend: "prefixes" must be a list of at least one string, but got: an array.',
  );
  t.is(
    message(options({ maxLag: "10ms" })),
    'TieredBackend: "maxLag" must be a duration of at least 100ms, such as "1s", but got: "10ms".',
  );
  t.is(message(options({ maxlag: "1s" })), 'TieredBackend has no option "maxlag". Did you mean "maxLag"?');
  const foreign = { isCluster: false, getBuffer() {}, mgetBuffer() {}, del() {}, time() {}, defineCommand() {} };
  t.is(
    message(() => new TieredBackend(memory, new RedisBackend(foreign as unknown as RedisClient))),
    "TieredBackend: the client must have the methods of a client of one Redis (duplicate, pttl, on, off), but got: an object.",
  );
  const foreignCluster = { ...foreign, isCluster: true };
  t.is(
    message(() => new TieredBackend(memory, new RedisBackend(foreignCluster as unknown as RedisClient))),
    "TieredBackend: the client must have the methods of a client of a Cluster (nodes, slots, on, off), but got: an object.",
  );
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
    // What this process changes by one name is gone at once by the other, too.
    await fill(tier, stored);
    await tier.backend.delete([cut]);
    t.is(tier.memory.recall(stored), null);
    t.deepEqual(await tier.read([stored], minute), [null]);
  },
);

test.serial("a tier that is out of use and was not closed ends its connection", async (t) => {
  const own = await startRedis();
  t.teardown(() => own.stop());
  const client = own.client();
  const countListeners = async (): Promise<number> =>
    String(await client.call("CLIENT", "LIST", "TYPE", "pubsub")).match(/id=/g)?.length ?? 0;
  await (async () => {
    const tier = new TieredBackend(new MemoryBackend(), new RedisBackend(client));
    await until("it is live", async () => tier.state === "live");
  })();
  t.is(await countListeners(), 1);
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  await until("its connection is gone", async () => (collectGarbage(), (await countListeners()) === 0));
  t.is(await client.ping(), "PONG");
});

test.serial(
  "nothing is thrown into the process when the client can't be duplicated, or a push can't be read",
  async (t) => {
    const causes: string[] = [];
    const client = server.client();
    const { duplicate } = client;
    let broken = true;
    client.duplicate = (...args) => {
      if (broken) throw new Error("no more connections");
      return duplicate.apply(client, args);
    };
    const memory = new MemoryBackend();
    const backend = new TieredBackend(memory, new RedisBackend(client), {
      maxLag: "100ms",
      onStateChange: (_, cause) => void (cause && causes.push(cause.message)),
    });
    t.teardown(() => (backend.close(), client.disconnect()));
    await until("it has failed", async () => causes.includes("no more connections"));
    broken = false;
    await until("it is live", async () => backend.state === "live");
    const { forget } = memory;
    memory.forget = () => {
      throw new Error("a mistake in memory");
    };
    await server.client().set("pushed", "1");
    await until("it has ended", async () => causes.includes("a mistake in memory"));
    memory.forget = forget;
    await until("it is live again", async () => backend.state === "live");
    t.pass();
  },
);

interface Tier {
  readonly backend: TieredBackend;
  readonly memory: MemoryBackend;
  readonly client: Redis;
  readonly states: TierState[];
  readonly causes: string[];
  /** GETs and MGETs since the last time. */
  takeReads(): number;
  /** What was answered has been kept by then, or will not be. */
  settled(): Promise<void>;
  /** Reads, and waits until it's settled. */
  read(keys: readonly string[], options?: ReadOptions): Promise<Values>;
}

function createTier(client: Redis, options: TieredBackendOptions = {}, bounds: MemoryBackendOptions = {}): Tier {
  const memory = new MemoryBackend(bounds);
  const states: TierState[] = [];
  const causes: string[] = [];
  let reads = 0;
  const sendCommand = client.sendCommand;
  client.sendCommand = function (...args) {
    if (["get", "mget"].includes(args[0].name)) reads++;
    return sendCommand.apply(this, args);
  };
  const backend = new TieredBackend(memory, new RedisBackend(client), {
    onStateChange: (state, cause) => {
      states.push(state);
      if (cause) causes.push(cause.message);
    },
    ...options,
  });
  const takeReads = (): number => {
    const taken = reads;
    reads = 0;
    return taken;
  };
  const settled = (): Promise<void> => until("nothing is under way", async () => backend.pendingReads === 0);
  return {
    backend,
    memory,
    client,
    states,
    causes,
    takeReads,
    settled,
    async read(keys, readOptions) {
      const values = await backend.read(keys, readOptions);
      await settled();
      return values;
    },
  };
}

/** A tier that is live, closed after the test, and another client. */
async function startTier(
  t: ExecutionContext,
  options: TieredBackendOptions = {},
  {
    server: its = server,
    client = {},
    given,
    memory = {},
  }: { server?: RedisServer; client?: RedisOptions; given?: Redis; memory?: MemoryBackendOptions } = {},
) {
  const made = given ?? its.client(client);
  const tier = createTier(made, options, memory);
  const other = its.client();
  t.teardown(() => {
    tier.backend.close();
    made.disconnect();
    other.disconnect();
  });
  await other.flushall();
  await live(tier);
  return {
    ...tier,
    other,
    /** Carries out the change and waits until the key is gone from memory. */
    async invalidated(key: string, change: () => Promise<unknown>): Promise<void> {
      await change();
      await until(`"${key}" is gone from memory`, async () => tier.memory.recall(key) === null);
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    /**
     * Calls until Redis isn't asked any more: the pushes of a load may come after the answer to the read that follows
     * it.
     */
    async unread(call: () => Promise<unknown>): Promise<void> {
      await until("it is read from memory", async () => {
        await call();
        await new Promise((resolve) => setTimeout(resolve, 5));
        tier.takeReads();
        await call();
        return tier.takeReads() === 0;
      });
    },
    /** Waits until everything that is acknowledged by now has come in. */
    async proven(): Promise<void> {
      await other.set("proof", "x", "PX", 1_000);
      await fill(tier, "proof");
      await other.del("proof");
      await until("the proof has come in", async () => tier.memory.recall("proof") === null);
    },
  };
}

const live = (tier: Tier): Promise<void> => until("the tier is live", async () => tier.backend.state === "live");

/** Reads until memory has it: the push of a write before may come after the answer to the first read. */
async function fill(tier: Tier, key: string): Promise<void> {
  await until(`"${key}" is in memory`, async () => {
    await tier.backend.read([key], minute);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return tier.memory.recall(key) !== null;
  });
  tier.takeReads();
}

function readingFromMemory(backend: TieredBackend): TieredBackend {
  return new Proxy(backend, {
    get(target, name) {
      if (name === "read") return (keys: readonly string[]) => target.read(keys, minute);
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

function createSubject({ client, memory }: Tier, backend: Subject["backend"]): Subject {
  return {
    backend,
    async put(key, bytes, ttlMs) {
      await client.set(key, bytes, "PX", ttlMs);
      // As a foreign program does it, so that memory hears of it by a push.
      await until("the push has come", async () => memory.recall(key) === null);
    },
    async ttlMs(key) {
      const ttl = await client.pttl(key);
      return ttl === -2 ? null : ttl;
    },
    async pass(ms) {
      const end = Date.now() + ms + 1;
      await until("the time has passed", async () => Date.now() > end);
    },
  };
}

function listenerCounts(client: Redis): number[] {
  return ["ready", "close", "end", "error"].map((event) => client.listenerCount(event));
}

let caches = 0;

function configureFor(t: ExecutionContext, tier: Tier, options: { memory?: string } = {}): string {
  const name = `tiered ${++caches}`;
  configure(name, {
    backend: tier.backend,
    deadline: "10s",
    onEvent: (event) => event.type === "fault" && t.log(event),
    ...options,
  });
  return name;
}

type Users = ((id: number) => Promise<{ id: number; version: number }>) & {
  invalidate(id: number): Promise<void>;
  invalidateTag(tag: string): Promise<void>;
};

/** A cached function over data that changes. */
function createUsers(t: ExecutionContext, tier: Tier, plan: Partial<Plan>, options: { memory?: string } = {}) {
  const whole: Plan = {
    name: "f",
    key: keyOver((id) => [id]),
    tags: [template(["user:", ""], (id) => [id])],
    cache: configureFor(t, tier, options),
    ...plan,
  };
  const users = { version: 1, get: null as unknown as Users };
  users.get = wrap(
    () => whole,
    (async (id: number) => ({ id, version: users.version })) as never,
    "f",
  ) as unknown as Users;
  return users;
}

import test, { type ExecutionContext } from "ava";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../../runtime/backends/tiered/tiered-backend";
import { FakeClock } from "../../../../runtime/testing/fake-clock";
import { startProxy } from "../../../../test/support/proxy";
import { startRedis, until } from "../../../../test/support/redis";
import { createTier, fill, live, minute, useRedis } from "./tier";

const { redis, startTier } = useRedis();

/** The time until a stream that has ended is opened again. */
const firstRetryMs = 50;

test.serial(
  "after CLIENT KILL TYPE pubsub the tier is flushed, bypassed, and live again",
  async (t) => {
    const own = await startRedis();
    t.teardown(own.stop);
    const tier = await startTier(t, {}, { server: own });
    for (let round = 0; round < 3; round++) {
      await tier.other.set("a", `old ${round}`);
      await fill(tier, "a");
      await tier.other.call("CLIENT", "KILL", "TYPE", "pubsub");
      // Nobody reports this change.
      await tier.other.set("a", `new ${round}`);
      await until(
        "it is noticed",
        async () => tier.states.at(-1) === "bypassed" || tier.states.length > 2 * round + 1,
      );
      t.deepEqual(await tier.read(["a"], minute), [Buffer.from(`new ${round}`)]);
      await live(tier);
      t.deepEqual(await tier.read(["a"], minute), [Buffer.from(`new ${round}`)]);
    }
    t.deepEqual(tier.states, ["live", "bypassed", "live", "bypassed", "live", "bypassed", "live"]);
  },
);

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

test.serial(
  "a server that is killed and comes back empty is read, and tracked again",
  async (t) => {
    const first = await startRedis();
    const proxy = await startProxy(first.port);
    t.teardown(async () => void (await Promise.all([proxy.stop(), first.stop()])));
    const tier = await startTier(
      t,
      {},
      { server: first, client: { port: proxy.port, retryStrategy: () => 20 } },
    );
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
  },
);

test.serial("a stream that is silently dead is bypassed after maxLag, and replaced", async (t) => {
  const proxy = await startProxy(redis().port);
  t.teardown(proxy.stop);
  const clock = new FakeClock();
  const tier = await startTier(t, { clock, maxLag: "300ms" }, { client: { port: proxy.port } });
  await tier.other.set("half-open", "old");
  await fill(tier, "half-open");
  const read = async (): Promise<string> => String((await tier.read(["half-open"], minute))[0]);
  proxy.connections[1]?.hold();
  await tier.other.set("half-open", "new");
  await clock.advance(299);
  t.is(await read(), "old", "it is a stale read that this test is about");
  await clock.advance(1);
  t.is(await read(), "new");
  // The answers to the canaries came before the answer to this read. A lag later, their
  // invalidations are missing.
  await clock.advance(400);
  t.is(tier.backend.state, "bypassed");
  await clock.advance(firstRetryMs);
  await live(tier);
  t.is(proxy.connections.length, 3);
  t.regex(tier.causes.join("\n"), /their invalidations don't arrive/);
});

test.serial(
  "a stream to another server than the client's is bypassed, even if it is alive",
  async (t) => {
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
  },
);

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

test.serial(
  "a machine that slept asks Redis, although a steady clock has stopped meanwhile",
  async (t) => {
    const { tier, setWallClock } = await startWithClocks(t);
    setWallClock(600_000);
    t.is(tier.backend.state, "bypassed");
    await tier.read(["a"], { memoryMs: 3_600_000 });
    t.is(tier.takeReads(), 1);
  },
);

test.serial("a clock that is set back makes nothing younger", async (t) => {
  const { steady, tier, setWallClock } = await startWithClocks(t);
  setWallClock(-3_600_000);
  steady.set(steady.now() + 600_000);
  await tier.read(["a"], { memoryMs: 3_600_000 });
  t.is(tier.takeReads(), 1);
});

test.serial("no key stays behind", async (t) => {
  const own = await startRedis();
  t.teardown(own.stop);
  const tier = await startTier(t, { maxLag: "100ms" }, { server: own });
  await tier.proven();
  t.is(await tier.other.dbsize(), 0);
});

test.serial(
  "nothing is thrown into the process when the client can't be duplicated, or a push can't be read",
  async (t) => {
    const causes: string[] = [];
    const client = redis().client();
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
    await redis().client().set("pushed", "1");
    await until("it has ended", async () => causes.includes("a mistake in memory"));
    memory.forget = forget;
    await until("it is live again", async () => backend.state === "live");
    t.pass();
  },
);

/**
 * Each case has a tier with "a" in memory, and a change of its clocks: the machine sleeps, or
 * somebody sets one of them.
 */
async function startWithClocks(t: ExecutionContext) {
  const steady = new FakeClock();
  let apartMs = 0;
  const clock = {
    now: () => steady.now() + apartMs,
    steady: () => steady.now(),
    after: steady.after.bind(steady),
  };
  const tier = await startTier(t, { clock, maxLag: "10m" });
  await tier.other.set("a", "1");
  await fill(tier, "a");
  await tier.read(["a"], minute);
  t.is(tier.takeReads(), 0);
  return { steady, tier, setWallClock: (byMs: number) => void (apartMs += byMs) };
}

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import type { Redis } from "ioredis";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../../runtime/backends/tiered/tiered-backend";
import { FakeClock } from "../../../../runtime/testing/fake-clock";
import { startRedis, until } from "../../../../test/support/redis";
import { createTier, fill, live, minute, useRedis } from "./tier";

const { redis, startTier } = useRedis();

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
  // All backends on a client share its listeners.
  t.truthy(new RedisBackend(client));
  const before = listenerCounts(client);
  const tier = await startTier(t, { clock }, { server: own, given: client });
  t.is(clock.pending, 1);
  tier.backend.close();
  t.is(clock.pending, 0);
  t.deepEqual(listenerCounts(client), before);
  await until(
    "its connection is gone",
    async () => !/ sub=1 /.test(String(await tier.other.client("LIST"))),
  );
  t.notRegex(String(await tier.other.client("LIST")), / sub=1 /);
});

test.serial(
  "a client that the user closes takes the stream with it, and brings it back",
  async (t) => {
    const own = await startRedis();
    t.teardown(own.stop);
    const tier = await startTier(t, {}, { server: own });
    await tier.client.quit();
    await until("it is noticed", async () => tier.backend.state === "bypassed");
    await until(
      "its connection is gone",
      async () => !/ sub=1 /.test(String(await tier.other.client("LIST"))),
    );
    await tier.client.connect();
    await live(tier);
    t.deepEqual(tier.states, ["live", "bypassed", "live"]);
  },
);

test.serial("a client with lazy connections is not made to connect", async (t) => {
  const client = redis().client({ lazyConnect: true });
  const clock = new FakeClock();
  const tier = createTier(client, { clock });
  t.teardown(() => tier.backend.close());
  await clock.advance(60_000);
  t.is(client.status, "wait");
  await tier.read(["a"], minute);
  await live(tier);
});

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
  await until(
    "its connection is gone",
    async () => (collectGarbage(), (await countListeners()) === 0),
  );
  t.is(await client.ping(), "PONG");
});

function listenerCounts(client: Redis): number[] {
  return ["ready", "close", "end", "error"].map((event) => client.listenerCount(event));
}

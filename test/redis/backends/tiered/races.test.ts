import test from "ava";
import type { Redis } from "ioredis";
import { randomId } from "../../../../runtime/entry/id";
import { startProxy } from "../../../../test/support/proxy";
import { until } from "../../../../test/support/redis";
import { fill, minute, useRedis } from "./tier";

const { redis, startTier } = useRedis();

test.serial(
  "what this process changes is gone from its memory before the change is acknowledged",
  async (t) => {
    const tier = await startTier(t);
    const { backend } = tier;
    const token = randomId();
    const changes: [string, () => Promise<unknown>][] = [
      ["delete", () => backend.delete(["a"])],
      [
        "acquire",
        () => backend.acquire([{ key: "a", token, leaseMs: 60_000, seenId: null, force: true }]),
      ],
      [
        "write",
        () =>
          backend.write([
            { key: "a", token, bytes: Buffer.from("2"), ttlMs: 60_000, versionKeys: [] },
          ]),
      ],
      ["release", () => backend.release([{ key: "a", token }])],
      [
        "ensureVersions",
        () => backend.ensureVersions([{ key: "a", seed: randomId(), ttlMs: 60_000 }]),
      ],
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
        // This read is sent after the change. One that was sent before it may be answered later.
        const between = backend.read(["a"], minute);
        await changed;
        t.is(tier.memory.recall("a"), null, `${name}: after`);
        await between;
      }
    }
  },
);

test.serial(
  "a read that is carried out before the change, although it began after it, is not kept",
  async (t) => {
    const proxy = await startProxy(redis().port);
    t.teardown(proxy.stop);
    const tier = await startTier(t, { maxLag: "1m" }, { client: { port: proxy.port } });
    await tier.other.set("between", "old");
    // No push is needed for this key.
    await tier.invalidated("between", () => tier.other.set("between", "old"));
    proxy.connections[1]?.hold();
    const client = tier.client as unknown as Record<
      string,
      (...args: unknown[]) => Promise<unknown>
    >;
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
  },
);

test.serial("a change that fails has dropped the key all the same", async (t) => {
  const proxy = await startProxy(redis().port);
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
  const proxy = await startProxy(redis().port);
  t.teardown(proxy.stop);
  const tier = await startTier(t, { maxLag: "1m" }, { client: { port: proxy.port } });
  const [data] = proxy.connections;
  for (let round = 0; round < 5; round++) {
    const race = `race:${round}`;
    await tier.other.set(race, "old");
    await tier.proven();
    data?.hold();
    const before = await countGets(tier.other);
    const answer = tier.backend.read([race], minute);
    await until("the read is carried out", async () => (await countGets(tier.other)) > before);
    await tier.other.set(race, "new");
    await until("the push has arrived", async () => tier.backend.pendingReads === 0);
    // A read that begins now is a later one, and its answer is kept.
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
  const proxy = await startProxy(redis().port);
  t.teardown(proxy.stop);
  const tier = await startTier(t, { maxLag: "1m" }, { client: { port: proxy.port } });
  await tier.other.set("flushed", "old");
  const [data, subscription] = proxy.connections;
  data?.hold();
  const before = await countGets(tier.other);
  const answer = tier.backend.read(["flushed"], minute);
  await until("the read is carried out", async () => (await countGets(tier.other)) > before);
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

test.serial(
  "readers and writers at full speed: memory is correct when they have ended, and within maxLag at the latest",
  async (t) => {
    const tier = await startTier(t);
    const keys = Array.from({ length: 20 }, (_, i) => `busy:${i}`);
    const written = new Map<string, { value: number; at: number }[]>(keys.map((key) => [key, []]));
    let writing = keys.length;
    let wrong = 0;
    const write = async (key: string): Promise<void> => {
      for (let value = 1; value <= 300; value++) {
        await tier.other.set(key, value);
        written.get(key)?.push({ value, at: performance.now() });
        // Some writes come after many reads, and some directly after another write.
        for (let turns = value % 5; turns > 0; turns--)
          await new Promise((resolve) => setImmediate(resolve));
      }
      writing--;
    };
    const read = async (key: string): Promise<void> => {
      while (writing > 0) {
        const known =
          (written.get(key) ?? []).findLast(({ at }) => at < performance.now() - 1_000)?.value ?? 0;
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

/** Returns how many GETs the server has carried out. */
async function countGets(client: Redis): Promise<number> {
  return Number(/cmdstat_get:calls=(\d+)/.exec(await client.info("commandstats"))?.[1] ?? 0);
}

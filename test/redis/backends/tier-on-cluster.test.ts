import test, { type ExecutionContext } from "ava";
import type { Cluster, ClusterOptions } from "ioredis";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { slotOf } from "../../../runtime/backends/redis/key-slot";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import type { RedisClient } from "../../../runtime/backends/redis/redis-client";
import type { TierState } from "../../../runtime/backends/tiered/streams";
import {
  TieredBackend,
  type TieredBackendOptions,
} from "../../../runtime/backends/tiered/tiered-backend";
import { cacheNamed, configure } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import type { Plan } from "../../../runtime/plan";
import { FakeClock } from "../../../runtime/testing/fake-clock";
import { fill, proven } from "../../support/proven";
import { type RedisCluster, type RedisServer, startCluster, until } from "../../support/redis";
import { clusters } from "../../support/redis-clients";
import { moveSlots, moveSlotsAtOnce } from "../../support/move-slots";
import { keysIn, slotsOfMaster } from "../../support/slots";
import { keyOver, template } from "../../support/templates";

const minute = { memoryMs: 60_000 };
/** No test on a busy machine exceeds this lag. It is for tests in which nothing fails silently. */
const longLag = "1m";
/** No node is considered dead here while a test stops it. */
const patientMs = 30_000;
let shared: RedisCluster;

test.before(async () => void (shared = await startCluster({ nodeTimeoutMs: patientMs })));
test.after.always(() => shared?.stop());

for (const library of clusters) {
  test.serial(
    `${library.name}: keys of all nodes are read from memory, and each node reports changes of its own keys`,
    async (t) => {
      const { client, destroy } = await library.connect((shared.nodes[0] as RedisServer).port);
      t.teardown(destroy);
      const tier = await startTier(t, shared, {}, client);
      const keys = [0, 1, 2].flatMap((node) => keysIn(slotsOfMaster(node), 3));
      for (const key of keys) await tier.other.set(key, "1");
      await tier.fill(keys);
      for (const key of keys) {
        await tier.other.set(key, "2");
        await until(`"${key}" is gone from memory`, async () => !tier.has(key));
        t.deepEqual(await tier.backend.read([key], minute), [Buffer.from("2")]);
      }
      t.is(tier.backend.state, "live");
    },
  );
}

test.serial("slots are counted as Redis counts them", async (t) => {
  const node = (shared.nodes[0] as RedisServer).client();
  for (const key of [
    "",
    "a",
    "123456789",
    "{a}b",
    "a{b}c",
    "{}b",
    "a{}{b}",
    "{{b}}",
    "}a{b",
    "{a",
    "ä🎉{ü}",
    "tag:x~",
  ]) {
    t.is(slotOf(key), Number(await node.cluster("KEYSLOT", key)), key);
  }
});

test.serial(
  "an entry is gone when its tag, which is on another node, is invalidated",
  async (t) => {
    const tier = await startTier(t, shared);
    const name = "tier on a cluster";
    configure(name, { backend: tier.backend, deadline: "10s" });
    let version = 1;
    const plan: Plan = {
      ...{ name: "f", cache: name, memoryMs: 60_000, ttlMs: 60_000 },
      key: keyOver((id) => [id]),
      tags: [template(["user:", ""], (id) => [id])],
    };
    const f = wrap(
      () => plan,
      async () => version,
      "f",
    ) as unknown as (id: number) => Promise<number>;
    const nodeOf = (key: string): number =>
      [0, 1, 2].findIndex((node) => slotOf(key) <= slotsOfMaster(node)[1]);
    const id = Array.from({ length: 100 }, (_, n) => n).find(
      (n) => nodeOf(`f|${n}`) !== nodeOf(`tag:user:${n}~`),
    ) as number;
    for (const key of [`tag:user:${id}~`, `f|${id}`]) {
      await until("both are in memory", async () => {
        await f(id);
        await cacheNamed(name).idle();
        return tier.has(`f|${id}`) && tier.has(`tag:user:${id}~`);
      });
      version++;
      await tier.other.del(key);
      await until("it is gone", async () => !tier.has(key));
      t.is(await f(id), version, key);
    }
  },
);

test.serial(
  "the stream of each master is proven by canaries of its own, which leave nothing behind",
  async (t) => {
    const tier = await startTier(t, shared, { maxLag: "100ms" });
    for (const node of shared.nodes) {
      const client = node.client();
      await client.config("RESETSTAT");
      const count = async (name: string) =>
        Number(
          new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(await client.info("commandstats"))?.[1] ??
            0,
        );
      await until(
        "canaries come",
        async () => (await count("set")) > 3 && (await count("del")) > 3,
      );
      t.regex(String(await client.client("LIST")), / flags=\w*t/);
    }
    await tier.other.set("proof", "x");
    tier.backend.close();
    for (const node of shared.nodes)
      t.true((await node.client().keys("zcache:canary:*")).length <= 1);
  },
);

test.serial("a frozen node takes its slots out of memory, and no others", async (t) => {
  const tier = await startSteppedTier(t);
  const [frozen = "", other = "", changed = ""] = [0, 1, 2].flatMap((node) =>
    keysIn(slotsOfMaster(node), 1),
  );
  for (const key of [frozen, other, changed]) await tier.other.set(key, "1");
  await tier.fill([frozen, other, changed]);
  await tier.beat([frozen, other, changed]);
  const [node] = shared.nodes as [RedisServer];
  node.freeze();
  try {
    for (let beat = 1; beat < beatsPerLag; beat++) {
      await tier.beat([other, changed]);
      t.true(tier.has(frozen), "it was proven less than a lag ago");
    }
    await tier.beat([other, changed]);
    t.false(tier.has(frozen));
    t.is(tier.backend.state, "partial");
    t.true(tier.has(other));
    await tier.other.set(changed, "2");
    await until("changes on other nodes are reported", async () => !tier.has(changed));
    await tier.fill([changed]);
    // In a second lag nothing is proven about the frozen node.
    for (let beat = 0; beat < beatsPerLag; beat++) {
      await tier.beat([other, changed]);
      t.deepEqual([frozen, other, changed].map(tier.has), [false, true, true]);
    }
  } finally {
    node.thaw();
  }
  // The answers to earlier questions come first, and prove nothing any more.
  await tier.backend.read([frozen], minute);
  t.false(tier.has(frozen));
  await tier.advance();
  await tier.live();
  t.true(tier.has(frozen), "its stream was never interrupted, and nothing was dropped");
  await until("it is reported", async () => tier.states.at(-1) === "live");
  const changes = tier.states.filter((state, i) => state !== tier.states[i - 1]);
  t.true(changes.join().endsWith("live,partial,live"), changes.join());
});

test.serial(
  "a stream that one node ends takes its slots out of memory, and no others",
  async (t) => {
    const tier = await startTier(t, shared);
    const keys = [0, 1, 2].flatMap((node) => keysIn(slotsOfMaster(node), 1));
    const [cut = "", ...others] = keys;
    for (let round = 0; round < 3; round++) {
      for (const key of keys) await tier.other.set(key, `old ${round}`);
      await tier.fill(keys);
      await (shared.nodes[0] as RedisServer).client().call("CLIENT", "KILL", "TYPE", "pubsub");
      // Nobody reports this change.
      await tier.other.set(cut, `new ${round}`);
      await until("it is noticed", async () => !tier.has(cut));
      for (const key of others) t.true(tier.has(key));
      t.deepEqual(await tier.backend.read([cut], minute), [Buffer.from(`new ${round}`)]);
      await tier.live();
    }
    t.regex(tier.causes.join("\n"), /^127\.0\.0\.1:\d+: /m);
  },
);

test.serial("a node that is emptied takes its keys out of memory, and no others", async (t) => {
  const tier = await startTier(t, shared);
  const keys = [0, 1, 2].flatMap((node) => keysIn(slotsOfMaster(node), 1));
  for (const key of keys) await tier.other.set(key, "1");
  await tier.fill(keys);
  await (shared.nodes[1] as RedisServer).client().flushall();
  await until("its keys are gone", async () => !tier.has(keys[1] as string));
  t.deepEqual(keys.map(tier.has), [true, false, true]);
  t.is(tier.backend.state, "live");
});

test.serial(
  "with a hash tag in the client's prefix all keys are on one node, and the others don't matter",
  async (t) => {
    const tier = await startSteppedTier(t, { keyPrefix: "{app}:" });
    await tier.other.set("a", "1");
    await tier.fill(["a"]);
    const owner = [0, 1, 2].findIndex((node) => slotOf("app") <= slotsOfMaster(node)[1]);
    const idle = shared.nodes[(owner + 1) % 3] as RedisServer;
    idle.freeze();
    try {
      for (let beat = 0; beat < 2 * beatsPerLag; beat++) {
        await tier.beat(["a"]);
        t.true(tier.has("a"));
        t.is(tier.backend.state, "live");
      }
    } finally {
      idle.thaw();
    }
    await tier.other.set("a", "2");
    await until("it is gone", async () => !tier.has("a"));
  },
);

for (const [how, move] of [
  ["key by key", moveSlots],
  ["at once", moveSlotsAtOnce],
] as const)
  test.serial(
    `slots that move ${how} under load are never read stale, and the keys of other slots stay in memory`,
    async (t) => {
      const tier = await startTier(t, shared, { maxLag: "500ms" });
      const moving = keysIn(slotsOfMaster(0), 8, "moving:");
      const staying = keysIn(slotsOfMaster(2), 4, "staying:");
      for (const key of [...moving, ...staying]) await tier.other.set(key, "0");
      await tier.fill([...moving, ...staying]);
      const history = followChanges(tier, moving);
      const slots = moving.map(slotOf);
      const [first, second] = shared.nodes as [RedisServer, RedisServer];
      for (let round = 0; round < 3; round++) {
        await move(slots, first, second, shared.nodes);
        t.true(staying.every(tier.isKept), "nothing has happened to their slots");
        await until("they are in memory again", async () => moving.every(tier.has));
        await move(slots, second, first, shared.nodes);
        await until("they are in memory again", async () => moving.every(tier.has));
      }
      const { longestLagMs, hits, changes } = await history.end();
      t.true(longestLagMs < 500, `${longestLagMs} ms`);
      t.true(staying.every(tier.isKept));
      t.log({ longestLagMs, hits, changes });
    },
  );

test.serial(
  "a node that is added, filled and emptied again is tracked as long as it has slots",
  async (t) => {
    const cluster = await startCluster({ nodeTimeoutMs: patientMs });
    t.teardown(cluster.stop);
    const tier = await startTier(t, cluster, { maxLag: "500ms" });
    const keys = keysIn(slotsOfMaster(1), 6);
    for (const key of keys) await tier.other.set(key, "0");
    await tier.fill(keys);
    const added = await cluster.add();
    const history = followChanges(tier, keys);
    const all = [...cluster.nodes, added];
    await moveSlots(keys.map(slotOf), cluster.nodes[1] as RedisServer, added, all);
    await until("they are in memory again", async () => keys.every(tier.has));
    await until("it is listened to", async () =>
      / flags=\w*t/.test(String(await added.client().client("LIST"))),
    );
    await tier.live();
    await moveSlots(keys.map(slotOf), added, cluster.nodes[2] as RedisServer, all);
    await until("they are in memory again", async () => keys.every(tier.has));
    await added.kill();
    await tier.live();
    const { longestLagMs } = await history.end();
    t.true(longestLagMs < 500, `${longestLagMs} ms`);
    // Nobody misses a node that had no slots left.
    await tier.fill(keys);
  },
);

for (const [how, replace] of [
  [
    "asked to (CLUSTER FAILOVER)",
    (_: RedisServer, replica: RedisServer) => replica.client().cluster("FAILOVER"),
  ],
  ["when its master is killed", (master: RedisServer) => master.kill()],
] as const) {
  test.serial(
    `a replica that takes its master's place ${how} is tracked from then on`,
    async (t) => {
      const cluster = await startCluster({ replicas: true, nodeTimeoutMs: 1_000 });
      t.teardown(cluster.stop);
      const [master, replica] = [cluster.nodes[0], cluster.nodes[3]] as [RedisServer, RedisServer];
      const tier = await startTier(t, cluster, { maxLag: "500ms" });
      const [replaced, others] = [keysIn(slotsOfMaster(0), 4), keysIn(slotsOfMaster(1), 4)];
      for (const key of [...replaced, ...others]) await tier.other.set(key, "0");
      await tier.fill([...replaced, ...others]);
      const history = followChanges(tier, [...replaced, ...others]);
      await replace(master, replica);
      await until("it is the master", async () =>
        (await replica.client().info("replication")).includes("role:master"),
      );
      await until("they are in memory again", async () => [...replaced, ...others].every(tier.has));
      await tier.live();
      const { longestLagMs } = await history.end();
      t.true(longestLagMs < 500, `${longestLagMs} ms`);
      for (const key of [...replaced, ...others]) await tier.other.set(key, "last");
      for (const key of [...replaced, ...others])
        await until("it is gone", async () => !tier.has(key));
      t.log(tier.causes);
    },
  );
}

test.serial(
  "a tier that is closed ends all its connections; a client that is closed ends them, too",
  async (t) => {
    const countTracking = async (): Promise<number> => {
      const lists = await Promise.all(shared.nodes.map((node) => node.client().client("LIST")));
      return lists.join("\n").match(/ flags=\w*t/g)?.length ?? 0;
    };
    for (const end of ["tier", "client"]) {
      const tier = await startTier(t, shared);
      t.is(await countTracking(), 3);
      if (end === "tier") tier.backend.close();
      else (tier.client as unknown as Cluster).disconnect();
      await until("they are gone", async () => (await countTracking()) === 0);
      t.is(tier.backend.state, "bypassed");
    }
  },
);

/** Starts a live tier, which is closed after the test, and another client. */
async function startTier(
  t: ExecutionContext,
  cluster: RedisCluster,
  options: TieredBackendOptions = {},
  given?: RedisClient,
  clientOptions: ClusterOptions = {},
) {
  const client = given ?? cluster.client(clientOptions);
  const other = cluster.client(clientOptions);
  const memory = new MemoryBackend();
  const states: TierState[] = [];
  const causes: string[] = [];
  const backend = new TieredBackend(memory, new RedisBackend(client), {
    onStateChange: (state, cause) => {
      states.push(state);
      if (cause) causes.push(cause.message);
    },
    maxLag: longLag,
    ...options,
  });
  t.teardown(() => {
    backend.close();
    other.disconnect();
    if (!given) (client as unknown as Cluster).disconnect();
  });
  const live = (): Promise<void> => until("the tier is live", async () => backend.state === "live");
  await live();
  const has = (key: string): boolean => backend.peek(key, minute) !== null;
  /**
   * Returns whether the tier would be in use if the stream was proven, which a busy machine may
   * delay.
   */
  const isKept = (key: string): boolean => memory.recall(key) !== null;
  return {
    ...{ client, other, memory, backend, states, causes, live, has, isKept },
    fill: (keys: readonly string[]) => fill(backend, keys),
  };
}

const steppedLagMs = 300;
/** The streams are proven this often during a lag. */
const beatsPerLag = 3;

/** Starts a tier whose time passes only when the test lets it. */
async function startSteppedTier(t: ExecutionContext, clientOptions: ClusterOptions = {}) {
  const clock = new FakeClock();
  const options = { clock, maxLag: `${steppedLagMs}ms` };
  const tier = await startTier(t, shared, options, undefined, clientOptions);
  const advance = (): Promise<void> => clock.advance(steppedLagMs / beatsPerLag);
  return {
    ...tier,
    advance,
    /**
     * Lets the time between two canaries pass, and waits until those to the nodes of these keys
     * have come back. A slow machine therefore takes none of the tier's time.
     */
    async beat(keys: readonly string[]): Promise<void> {
      await advance();
      for (const key of keys) await proven(tier.backend, tier.other, `{${key}}:proof`);
    },
  };
}

/**
 * Changes the keys one after the other by another client while they are read, and finds the longest
 * time from when a change was acknowledged to the beginning of a read that didn't see it.
 */
function followChanges(
  { backend, other, has }: Awaited<ReturnType<typeof startTier>>,
  keys: readonly string[],
) {
  const changes = new Map(keys.map((key) => [key, [{ count: 0, at: -Infinity }]]));
  let [longestLagMs, hits, changed, isOver] = [0, 0, 0, false];
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const change = async (): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      const key = keys[n % keys.length] as string;
      const known = changes.get(key) as { count: number; at: number }[];
      const count = (known.at(-1)?.count ?? 0) + 1;
      // A write that fails may have been carried out, and is not counted.
      await other.set(key, String(count)).then(
        () => known.push({ count, at: performance.now() }),
        () => {},
      );
      changed++;
      await pause(3);
    }
  };
  const read = async (key: string): Promise<void> => {
    const known = changes.get(key) as { count: number; at: number }[];
    while (!isOver) {
      const beganAt = performance.now();
      if (has(key)) hits++;
      const [bytes] = await backend.read([key], minute).catch(() => [undefined]);
      if (bytes) {
        const missed = known.find(({ count, at }) => count > Number(bytes) && at < beganAt);
        if (missed) longestLagMs = Math.max(longestLagMs, beganAt - missed.at);
      }
      await pause(1);
    }
  };
  const all = [change(), ...keys.map(read)];
  return {
    async end() {
      await until("there is something to see", async () => hits > 100 && changed > 100);
      isOver = true;
      await Promise.all(all);
      return { longestLagMs, hits, changes: changed };
    },
  };
}

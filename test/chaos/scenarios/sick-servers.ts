import type { Redis } from "ioredis";
import { parseStored } from "../../../runtime/entry/entry";
import { startRedis } from "../../support/redis";
import { monotonicMs } from "../monotonic";
import { sleep } from "../run-scenario";
import type { Scenario, Stage } from "../scenario";
import { drawDurationMs, type Standalone, startStandalone } from "./standalone";

export const steady: Scenario = {
  name: "steady",
  what: "no fault",
  start: () => startStandalone(),
};

export const clocks: Scenario = {
  name: "clocks",
  what: "the clocks of the client processes are an hour apart",
  config: (worker) => ({ clockOffsetMs: (worker - 1) * 3_600_000 }),
  start: () => startStandalone(),
};

export const frozen: Scenario = {
  name: "frozen",
  what: "the server stands still (SIGSTOP) and goes on",
  start: () =>
    staged(async ({ server }, random) => {
      server.freeze();
      await sleep(drawDurationMs(random));
      server.thaw();
    }),
};

export const restarted: Scenario = {
  name: "restarted",
  what: "the server is killed, and an empty one takes its place",
  start: () =>
    staged(async (stage, random) => {
      const { server } = stage;
      await server.kill();
      await sleep(drawDurationMs(random));
      stage.server = await startRedis({ port: server.port });
      // This removes its directory and its watchdog. The clients of the first server are in use.
      if (stage.generations++ > 0) await server.stop();
    }),
};

export const restored: Scenario = {
  name: "restored",
  what: "the server comes back with the data of an older snapshot",
  once: true,
  async start() {
    const stage = await startStandalone({ args: ["--enable-debug-command", "yes"] });
    const { admin } = stage;
    stage.injure = async (random) => {
      // Other processes may learn of a later invalidation before this process learns of the
      // snapshot.
      const from = monotonicMs();
      await admin.save();
      await sleep(drawDurationMs(random));
      await admin.call("DEBUG", "RELOAD", "NOSAVE");
      const endedAt = monotonicMs();
      return { endedAt, lost: { from, until: endedAt } };
    };
    return stage;
  },
};

export const refusing: Scenario = {
  name: "refusing",
  what: "the server refuses writes: out of memory, or a replica",
  start: () =>
    staged(async ({ admin }, random) => {
      const isFull = random.chance(0.5);
      // Its master does not exist, and so it stays a replica with the data that it has.
      await (isFull ? admin.config("SET", "maxmemory", "1") : admin.replicaof("127.0.0.1", 1));
      await sleep(drawDurationMs(random));
      await (isFull ? admin.config("SET", "maxmemory", "0") : admin.replicaof("NO", "ONE"));
    }),
};

const graceMs = 2_000;

export const heldWrites: Scenario = {
  name: "held-writes",
  what: "writes, leases among them, are held back for a while (CLIENT PAUSE) and then carried out",
  // A lease that nobody holds would be seen for this long.
  config: () => ({ leaseMs: 20_000, loaderMs: [20, 200] }),
  async start() {
    let orphans = 0;
    const stage = await staged(async ({ admin }, random) => {
      const ms = Math.round(drawDurationMs(random));
      await admin.client("PAUSE", ms, "WRITE");
      await sleep(ms);
      const held = await findLeases(admin);
      await sleep(graceMs);
      const still = await findLeases(admin);
      // A living holder renews its lease and ends it. A lease that is unchanged after this time is
      // nobody's.
      for (const [key, lease] of held) if (still.get(key) === lease) orphans++;
    });
    stage.check = async () => (orphans === 0 ? null : `${orphans} leases that nobody held.`);
    return stage;
  },
};

/** Returns the leases on keys that hold nothing else, by key. */
async function findLeases(admin: Redis): Promise<Map<string, string>> {
  const keys = await admin.keys("*");
  const values = keys.length > 0 ? await admin.mgetBuffer(keys) : [];
  const leases = new Map<string, string>();
  for (const [i, bytes] of values.entries()) {
    const stored = bytes && parseStored(bytes);
    if (stored && stored !== "unreadable" && stored.payload === null)
      leases.set(keys[i] as string, bytes.toString("latin1"));
  }
  return leases;
}

const username = "shop";
const password = "right";
const allowed = ["on", `>${password}`, "~*", "&*", "+@all"];

export const credentials: Scenario = {
  name: "credentials",
  what: "the user's password changes and connections are closed, or the user may no longer do anything",
  async start() {
    const stage = await staged(async ({ admin }, random) => {
      if (random.chance(0.5)) {
        await admin.acl("SETUSER", username, "resetpass", ">another");
        await admin.client("KILL", "USER", username);
      } else await admin.acl("SETUSER", username, "-@all");
      await sleep(drawDurationMs(random));
      await admin.acl("SETUSER", username, "reset", ...allowed);
    });
    await stage.admin.acl("SETUSER", username, ...allowed);
    stage.connection = () => ({ kind: "standalone", port: stage.server.port, username, password });
    return stage;
  },
};

const junkBytes = 20_000;
const roomBytes = 1_500_000;
const longestFillMs = 10_000;

export const eviction: Scenario = {
  name: "eviction",
  what: "memory runs short (allkeys-lru), and entries and tag versions are evicted",
  config: () => ({ cells: 40, paddingBytes: 2_000 }),
  async start() {
    // If Redis looks at few samples, the key that it evicts is often one that is in use.
    const policy = [
      "--maxmemory-policy",
      "allkeys-lru",
      "--maxmemory-samples",
      "1",
      "--notify-keyspace-events",
      "Ee",
    ];
    const evicted = { entries: 0, versions: 0 };
    const stage = await startStandalone({ args: policy });
    const { admin } = stage;
    const listener = stage.server.client();
    listener.on("message", (_channel, key: string) => {
      if (key.startsWith("tag:")) evicted.versions++;
      else if (!key.startsWith("junk:")) evicted.entries++;
    });
    await listener.subscribe("__keyevent@0__:evicted");
    stage.injure = async (random) => {
      const used = Number(/used_memory:(\d+)/.exec(await admin.info("memory"))?.[1]);
      await admin.config("SET", "maxmemory", String(used + roomBytes));
      const endsAt = monotonicMs() + drawDurationMs(random);
      // On a busy machine it takes a while before there is anything to evict.
      const isShort = (): boolean => evicted.entries === 0 || evicted.versions === 0;
      while (monotonicMs() < endsAt || (isShort() && monotonicMs() < endsAt + longestFillMs)) {
        for (let i = 0; i < 10; i++)
          void admin.set(`junk:${random.next()}`, "x".repeat(junkBytes)).catch(() => {});
        await sleep(5);
      }
      await admin.config("SET", "maxmemory", "0");
      await admin.eval(
        "for _, key in ipairs(redis.call('KEYS', 'junk:*')) do redis.call('DEL', key) end",
        0,
      );
      return { endedAt: monotonicMs() };
    };
    stage.check = async () =>
      evicted.entries > 0 && evicted.versions > 0
        ? null
        : `Evicted: ${evicted.entries} entries, ${evicted.versions} tag versions.`;
    return stage;
  },
};

type Injury = (
  stage: Standalone & { generations: number },
  random: Parameters<NonNullable<Stage["injure"]>>[0],
) => Promise<void>;

/** Runs one server, with an injury that is over when it returns. */
async function staged(injury: Injury): Promise<Standalone> {
  const stage = Object.assign(await startStandalone(), { generations: 0 });
  stage.injure = async (random) => {
    await injury(stage, random);
    return { endedAt: monotonicMs() };
  };
  return stage;
}

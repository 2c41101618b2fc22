import { type RedisServer, startCluster, until } from "../../support/redis";
import { monotonicMs } from "../monotonic";
import type { Random } from "../random";
import { sleep } from "../run-scenario";
import type { Fault, Scenario } from "../scenario";
import { startSentinelSet } from "../sentinel-set";

const cells = 12;
const config = () => ({ replicatedShare: 0.5, cells });

export const sentinel: Scenario = {
  name: "sentinel",
  what: "the master behind Sentinel is killed, and its replica takes its place",
  once: true,
  config,
  async start() {
    const { name, master, replica, sentinelPorts, stop } = await startSentinelSet();
    return {
      stop,
      connection: () => ({ kind: "sentinel", ports: sentinelPorts, name }),
      injure: (random) => killMaster(master, replica, random),
    };
  },
};

/**
 * The old master knows nothing when it continues, and clients are still connected to it.
 * @param isTold whether a client process listens to the Sentinels
 * @param watchedMs for how long after the Sentinels agree
 */
export function resumedFor(isTold: (worker: number) => boolean, watchedMs = 1_500): Scenario {
  return {
    name: "resumed",
    what: "the master behind Sentinel stands still (SIGSTOP), its replica takes its place, and it goes on",
    once: true,
    config,
    async start() {
      const { name, master, replica, sentinelPorts, stop } = await startSentinelSet();
      return {
        stop,
        connection: (worker) => ({
          ...{ kind: "sentinel", ports: sentinelPorts, name },
          failoverDetector: isTold(worker),
        }),
        injure: (random) => replaceAndResume(master, replica, random, watchedMs),
      };
    },
  };
}

export const resumed = resumedFor(() => true);

export const cluster: Scenario = {
  name: "cluster",
  what: "a master of a Cluster is killed, and its replica takes its place",
  once: true,
  config,
  async start() {
    const { nodes, stop } = await startCluster({ replicas: true, nodeTimeoutMs: 1_000 });
    const [master] = nodes as [RedisServer];
    const replica = nodes[nodes.length / 2] as RedisServer;
    return {
      stop,
      connection: () => ({ kind: "cluster", ports: nodes.map(({ port }) => port) }),
      probeKeys: await findKeysOf(master),
      injure: (random) => killMaster(master, replica, random),
    };
  },
};

/**
 * In half of the runs the replica has lost its connection by then, so that the last acknowledged
 * writes are lost.
 */
export async function killMaster(
  master: RedisServer,
  replica: RedisServer,
  random: Random,
): Promise<Fault> {
  if (random.chance(0.5)) {
    await cutReplication(master, replica);
    await sleep(random.between([100, 400]));
  }
  const endedAt = monotonicMs();
  await master.kill();
  return { endedAt, lost: { from: 0, until: monotonicMs() } };
}

/**
 * Sentinels inform each other of a new master every two seconds. Until then one of them may send a
 * client to the old one.
 */
const sentinelsAgreeMs = 3_000;

async function replaceAndResume(
  master: RedisServer,
  replica: RedisServer,
  random: Random,
  watchedMs: number,
): Promise<Fault> {
  const isSoon = random.chance(0.5);
  const next = replica.client();
  master.freeze();
  const frozenAt = monotonicMs();
  let promotedAt: number;
  try {
    await until("the replica is the master", async () =>
      (await next.info("replication")).includes("role:master"),
    );
    promotedAt = monotonicMs();
    await sleep(isSoon ? random.between([0, 1_000]) : sentinelsAgreeMs);
  } finally {
    master.thaw();
    next.disconnect();
  }
  const endedAt = monotonicMs();
  await sleep(promotedAt + sentinelsAgreeMs + watchedMs - endedAt);
  return { endedAt, lost: { from: 0, until: isSoon ? promotedAt + sentinelsAgreeMs : frozenAt } };
}

/**
 * Stopping the replica would not be enough, because it would read the rest of its socket when it
 * continues.
 */
async function cutReplication(master: RedisServer, replica: RedisServer): Promise<void> {
  const clients = [replica.client(), master.client()] as const;
  // It comes back as a user that the master doesn't know.
  await clients[0].config("SET", "masteruser", "nobody");
  await clients[0].config("SET", "masterauth", "nothing");
  await clients[1].call("CLIENT", "KILL", "TYPE", "replica");
  for (const client of clients) client.disconnect();
}

async function findKeysOf(node: RedisServer): Promise<string[]> {
  const client = node.client();
  const keys = Array.from({ length: cells }, (_, cell) => `plain:${cell}`);
  const own: string[] = [];
  for (const key of keys) {
    // A node answers for its own slots, and names the right one for others.
    const isOwn = await client.get(key).then(
      () => true,
      () => false,
    );
    if (isOwn) own.push(key);
  }
  client.disconnect();
  return own;
}

import type { Redis } from "ioredis";
import { parseClusterNodes } from "../../../runtime/backends/redis/cluster-view";
import { slotOf } from "../../../runtime/backends/redis/key-slot";
import { moveSlots, moveSlotsAtOnce } from "../../support/move-slots";
import { type RedisCluster, type RedisServer, startCluster, until } from "../../support/redis";
import { slotsOfMaster } from "../../support/slots";
import type { Fleet } from "../fleet";
import { monotonicMs } from "../monotonic";
import type { Random } from "../random";
import { sleep } from "../run-scenario";
import type { Fault, Scenario } from "../scenario";
import { killMaster } from "./failovers";
import { drawDurationMs } from "./standalone";

const maxLagMs = 500;
const cells = 12;
const keptKeys = Array.from({ length: cells }, (_, cell) => `kept:${cell}`);
const tagKeys = Array.from({ length: cells }, (_, cell) => `tag:cell:${cell}~`);

/**
 * This is a third of the slots: the node that holds them, and the one that would take its place.
 */
interface Shard {
  master: RedisServer;
  replica: RedisServer;
  switchedAt: number;
}

const nodeTimeoutMs = 4_000;
/** Masters vote once in two timeouts for a replica of the same node. */
const switchAgainMs = 3 * nodeTimeoutMs;

/** A Cluster whose slots and roles are known while they change. */
class Stage {
  readonly cluster: RedisCluster;
  readonly shards: readonly Shard[];
  readonly #shardOf = new Map<number, Shard>();

  constructor(cluster: RedisCluster) {
    this.cluster = cluster;
    const { nodes } = cluster;
    this.shards = nodes.slice(0, nodes.length / 2).map((master, i) => ({
      master,
      replica: nodes[nodes.length / 2 + i] as RedisServer,
      switchedAt: -Infinity,
    }));
    for (const key of [...keptKeys, ...tagKeys]) {
      const slot = slotOf(key);
      const index = this.shards.findIndex((_, shard) => slot <= slotsOfMaster(shard)[1]);
      this.#shardOf.set(slot, this.shards[index] as Shard);
    }
  }

  get masters(): RedisServer[] {
    return this.shards.map(({ master }) => master);
  }

  /**
   * Moves some of the slots that are in use to one shard. With several in a row to different ones,
   * a replica may hear of a later epoch first, and never believe the earlier move.
   */
  async moveSome(random: Random): Promise<void> {
    await this.#agree();
    const to = random.pick(this.shards);
    for (const [slot, from] of this.#shardOf) {
      if (from === to || !random.chance(0.4)) continue;
      const move = random.chance(0.5) ? moveSlots : moveSlotsAtOnce;
      await move([slot], from.master, to.master, this.masters);
      this.#shardOf.set(slot, to);
    }
  }

  /** Lets a replica take its master's place without losing anything. */
  async switchRoles(random: Random): Promise<void> {
    const now = monotonicMs();
    const shard = random.pick(
      this.shards.filter(({ switchedAt }) => now - switchedAt > switchAgainMs),
    );
    if (!shard) return;
    shard.switchedAt = now;
    await this.#agree();
    const [before, next] = [shard.master.client(), shard.replica.client()];
    await next.cluster("FAILOVER");
    await until("the replica is the master", async () => isIn(next, "role:master"));
    await until("the master is its replica", async () => isIn(before, "master_link_status:up"));
    for (const client of [before, next]) client.disconnect();
    [shard.master, shard.replica] = [shard.replica, shard.master];
  }

  /**
   * Waits until all nodes know the same holders. A replica that takes over before it knows all
   * slots of its master loses the others.
   */
  async #agree(): Promise<void> {
    const clients = this.cluster.nodes.map((node) => node.client());
    await until("all nodes know the same", async () => {
      const replies = await Promise.all(clients.map((client) => client.cluster("NODES")));
      return (
        new Set(replies.map((reply) => parseClusterNodes(String(reply)).digestOfHoldings)).size ===
        1
      );
    });
    for (const client of clients) client.disconnect();
  }
}

async function isIn(client: Redis, line: string): Promise<boolean> {
  return String(await client.info("replication")).includes(line);
}

export const tieredCluster: Scenario = {
  name: "tiered-cluster",
  what: `a memory tier (maxLag ${maxLagMs} ms) in front of a Cluster: slots move, replicas take over (CLUSTER FAILOVER), masters stand still, streams are cut, processes stand still`,
  config: () => ({ maxLag: `${maxLagMs}ms`, cells }),
  lagMs: { kept: maxLagMs },
  async start() {
    const stage = new Stage(await startCluster({ replicas: true, nodeTimeoutMs }));
    const faults: Record<string, (random: Random, fleet: Fleet) => Promise<unknown>> = {
      moved: (random) => stage.moveSome(random),
      switched: (random) => stage.switchRoles(random),
      frozen: async (random) => {
        const { master } = random.pick(stage.shards);
        master.freeze();
        await sleep(drawDurationMs(random));
        master.thaw();
      },
      cut: async (random) => {
        const client = random.pick(stage.masters).client();
        await client.call("CLIENT", "KILL", "TYPE", "pubsub");
        client.disconnect();
      },
      stopped: async (random, fleet) => {
        const worker = random.pick(fleet.workers);
        fleet.freeze(worker);
        await sleep(drawDurationMs(random));
        fleet.thaw(worker);
      },
    };
    return {
      connection: () => ({ kind: "cluster", ports: stage.cluster.nodes.map(({ port }) => port) }),
      probeKeys: keptKeys,
      async injure(random, fleet) {
        // Slots move while something else happens.
        const [name, fault] = random.pick(Object.entries(faults));
        const canMove = name === "cut" || name === "stopped";
        await Promise.all([fault(random, fleet), canMove ? stage.moveSome(random) : null]);
        return { endedAt: monotonicMs() };
      },
      stop: () => stage.cluster.stop(),
    };
  },
};

export const tieredFailover: Scenario = {
  name: "tiered-failover",
  what: "a memory tier in front of a Cluster, of which a master is killed, or stands still (SIGSTOP) until its replica has taken its place, and goes on",
  once: true,
  config: () => ({ maxLag: `${maxLagMs}ms`, cells, replicatedShare: 0.5 }),
  lagMs: { kept: maxLagMs },
  async start() {
    const { cluster, shards } = new Stage(
      await startCluster({ replicas: true, nodeTimeoutMs: 1_000 }),
    );
    const { master, replica } = shards[0] as Shard;
    return {
      connection: () => ({ kind: "cluster", ports: cluster.nodes.map(({ port }) => port) }),
      probeKeys: keptKeys.filter((key) => slotOf(key) <= slotsOfMaster(0)[1]),
      injure: (random) =>
        random.chance(0.5)
          ? killMaster(master, replica, random)
          : replaceAndResume(master, replica),
      stop: () => cluster.stop(),
    };
  },
};

/** Until the old master knows that it is replaced, clients that are connected to it read there. */
async function replaceAndResume(master: RedisServer, replica: RedisServer): Promise<Fault> {
  const beganAt = monotonicMs();
  const [next, before] = [replica.client(), master.client()];
  master.freeze();
  try {
    await until("the replica is the master", async () =>
      (await next.info("replication")).includes("role:master"),
    );
  } finally {
    master.thaw();
  }
  await until("the old master is a replica", async () =>
    (await before.info("replication")).includes("role:slave"),
  );
  for (const client of [next, before]) client.disconnect();
  const endedAt = monotonicMs();
  return { endedAt, lost: { from: beganAt - 1_000, until: endedAt } };
}

import type { Redis } from "ioredis";
import { parseClusterNodes } from "../../runtime/backends/redis/cluster-view";
import { type RedisServer, until } from "./redis";

/** Moves slots from one master to another while clients go on. */
export type MoveSlots = (
  slots: readonly number[],
  from: RedisServer,
  to: RedisServer,
  all: readonly RedisServer[],
) => Promise<void>;

/** Moves slots with their keys one by one, as `redis-cli --cluster reshard` does. */
export const moveSlots: MoveSlots = async (slots, from, to, all) => {
  const clients = new Map(all.map((node) => [node, node.client()]));
  const [source, target] = [clients.get(from) as Redis, clients.get(to) as Redis];
  const [sourceId, targetId] = [await source.cluster("MYID"), await target.cluster("MYID")];
  for (const slot of slots) {
    await target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
    await source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
    await moveKeys(slot, source, to);
    for (const client of [target, source, ...clients.values()]) {
      // A replica refuses it, and hears of it from its master.
      await client.call("CLUSTER", "SETSLOT", slot, "NODE", targetId).catch(() => {});
    }
  }
  for (const client of clients.values()) client.disconnect();
};

async function moveKeys(slot: number, source: Redis, to: RedisServer): Promise<void> {
  for (;;) {
    const keys = (await source.call("CLUSTER", "GETKEYSINSLOT", slot, 100)) as string[];
    if (keys.length === 0) return;
    await source.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "REPLACE", "KEYS", ...keys);
  }
}

/**
 * Lets the servers move the slots at once with everything in them (Valkey 9.0, Redis 8.4). Older
 * ones move keys one by one.
 */
export const moveSlotsAtOnce: MoveSlots = async (slots, from, to, all) => {
  const [source, target] = [from.client(), to.client()];
  const targetId = await target.cluster("MYID");
  const ranges = slots.flatMap((slot) => [slot, slot]);
  const isDone = async (ask: () => Promise<unknown>): Promise<boolean> =>
    ask().then(
      () => true,
      (error: Error) => {
        if (/unknown subcommand/i.test(error.message)) return false;
        throw error;
      },
    );
  const isUnderWay =
    (await isDone(() =>
      source.call("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", ...ranges, "NODE", targetId),
    )) || (await isDone(() => target.call("CLUSTER", "MIGRATION", "IMPORT", ...ranges)));
  if (!isUnderWay) await moveSlots(slots, from, to, all);
  for (const client of all.map((node) => node.client())) {
    await until("every node knows who has the slots", async () => {
      const { holdings } = parseClusterNodes(String(await client.cluster("NODES")));
      const held = holdings.find(({ id }) => id === targetId)?.ranges ?? [];
      return slots.every((slot) => held.some(([first, last]) => first <= slot && slot <= last));
    });
    client.disconnect();
  }
  for (const client of [source, target]) client.disconnect();
};

import type { Redis } from "ioredis";
import type { RedisServer } from "./redis";

/** Moves slots with their keys as `redis-cli --cluster reshard` does, while clients go on. */
export async function moveSlots(
  slots: readonly number[],
  from: RedisServer,
  to: RedisServer,
  all: readonly RedisServer[],
): Promise<void> {
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
}

async function moveKeys(slot: number, source: Redis, to: RedisServer): Promise<void> {
  for (;;) {
    const keys = (await source.call("CLUSTER", "GETKEYSINSLOT", slot, 100)) as string[];
    if (keys.length === 0) return;
    await source.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "REPLACE", "KEYS", ...keys);
  }
}

import test, { type ExecutionContext } from "ava";
import type { Redis } from "ioredis";
import { RedisBackend } from "../../../../runtime";
import { slotOf } from "../../../../runtime/backends/redis/key-slot";
import { randomId } from "../../../../runtime/entry/id";
import { startCluster } from "../../../support/redis";
import { template } from "../../../support/templates";
import { createFunction } from "./watched";

const ids = Array.from({ length: 20 }, (_, id) => id);

test.serial("on a Cluster each node answers for itself, with tags as well", async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const client = cluster.client();
  const { row, idle, faults, loads, missOften } = createFunction(t, new RedisBackend(client), {
    tags: [template(["row:", ""], (id: unknown) => [id])],
  });
  await missOften();
  for (const id of ids) await row(id);
  await idle();
  await Promise.all(ids.map(row));
  t.deepEqual(loads, ids);
  t.deepEqual(faults, []);
  t.is(client.nodes("master").length, 3);
});

/** Makes the node refuse reads that take leases, and counts the commands of all nodes. */
async function startClusterWithOneOldNode(t: ExecutionContext) {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const client = cluster.client();
  await new Promise((resolve) => client.once("ready", resolve));
  const nodes = client.nodes("master");
  const leasingReads = new Map(nodes.map((node) => [node, 0]));
  const [old] = nodes as [Redis];
  for (const node of nodes) {
    const sendCommand = node.sendCommand.bind(node);
    node.sendCommand = (command, stream) => {
      if (command.name === "set" && command.args.includes("GET")) {
        leasingReads.set(node, (leasingReads.get(node) as number) + 1);
        if (node === old) command.args.push("NOSUCHFORM");
      }
      return sendCommand(command, stream);
    };
  }
  return { cluster, client, old, leasingReads, nodes };
}

test.serial(
  "one node of a Cluster that doesn't know a form decides for its own keys alone",
  async (t) => {
    const { client, old, leasingReads, nodes } = await startClusterWithOneOldNode(t);
    const { row, idle, faults, loads, missOften } = createFunction(t, new RedisBackend(client));
    await missOften();
    for (const id of ids) await row(id);
    await idle();
    await Promise.all(ids.map(row));
    t.deepEqual(loads, ids);
    t.deepEqual(faults, []);
    t.is(leasingReads.get(old), 1);
    const ofOthers = nodes
      .filter((node) => node !== old)
      .map((node) => leasingReads.get(node) as number);
    t.true(
      ofOthers.every((count) => count > 2),
      ofOthers.join(),
    );
  },
);

test.serial(
  "a node that a slot has moved away from has not refused what its new holder refuses",
  async (t) => {
    const { client, old, nodes } = await startClusterWithOneOldNode(t);
    const backend = new RedisBackend(client);
    const readAndLease = (key: string) =>
      backend.readAndLease([key], { token: randomId(), leaseMs: 60_000, count: 1 });
    const addressOf = (node: Redis) => `${node.options.host}:${node.options.port}`;
    const keysOf = (node: Redis) =>
      Array.from({ length: 60 }, (_, i) => `key ${i}`).filter(
        (key) => client.slots[slotOf(key)]?.[0] === addressOf(node),
      );
    const other = nodes[1] as Redis;
    const [moved] = keysOf(old) as [string];
    // The client is wrong about the slot until the node says so.
    (client.slots[slotOf(moved)] as string[])[0] = addressOf(other);
    t.deepEqual(await readAndLease(moved), { values: [null], leased: [false] });
    t.is(client.slots[slotOf(moved)]?.[0], addressOf(old));
    for (const key of keysOf(other).slice(0, 3))
      t.deepEqual(await readAndLease(key), { values: [null], leased: [true] }, key);
  },
);

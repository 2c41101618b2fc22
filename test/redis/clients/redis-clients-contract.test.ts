import test from "ava";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { shareClient } from "../../../runtime/backends/redis/redis-client";
import { backendContract, type Subject } from "../../support/backend-contract";
import { type RedisCluster, type RedisServer, startCluster, startRedis } from "../../support/redis";
import { redisSubject } from "../../support/redis-subject";
import { type AnyClient, clusters, libraries, pools } from "../../support/redis-clients";

/**
 * Runs the contract of backends with each client but ioredis, with which redis-backend.test.ts runs
 * it.
 */

let server: RedisServer;
let cluster: RedisCluster;
const opened: AnyClient[] = [];
const subjects = new Map<string, Subject>();
const tested = [...libraries, ...pools, ...clusters].filter(
  ({ name }) =>
    !["ioredis", "ioredis (Cluster)", "node-redis 6 (RESP2)", "node-redis 5 (pool)"].includes(name),
);

test.before(async () => {
  [server, cluster] = await Promise.all([startRedis(), startCluster()]);
  for (const [db, library] of tested.entries()) {
    // If the client has no prefix, a database of its own separates its keys from those of others.
    const keyPrefix = library.hasKeyPrefix ? `${library.name}:` : "";
    const isOnCluster = clusters.includes(library);
    const settings = keyPrefix ? { keyPrefix } : isOnCluster ? {} : { options: { database: db } };
    const client = await library.connect(
      (isOnCluster ? (cluster.nodes[0] as RedisServer) : server).port,
      settings,
    );
    opened.push(client);
    const look = isOnCluster ? cluster.client() : server.client({ db: keyPrefix ? 0 : db });
    subjects.set(library.name, {
      backend: new RedisBackend(client.client),
      ...redisSubject(look, keyPrefix),
    });
  }
});

test.after.always(async () => {
  for (const client of opened) client.destroy();
  await Promise.all([server?.stop(), cluster?.stop()]);
});

for (const { name } of tested)
  backendContract(name, () => subjects.get(name) as Subject, test.serial);

for (const [i, library] of tested.entries()) {
  if (!clusters.includes(library)) continue;
  test.serial(
    `${library.name}: each key has a node, which is the one that has its slot`,
    async (t) => {
      const { client } = opened[i] as AnyClient;
      const { port } = shareClient(client);
      const keys = Array.from({ length: 60 }, (_, id) => `key ${id}`);
      const named = new Set(keys.map((key) => port.nodeOf(key)));
      t.deepEqual([...named].sort(), cluster.nodes.map((node) => `127.0.0.1:${node.port}`).sort());
      for (const key of keys.slice(0, 5)) {
        const holder = cluster.nodes.find((node) =>
          port.nodeOf(key).endsWith(`:${node.port}`),
        ) as RedisServer;
        await t.notThrowsAsync(holder.client().get(port.keyPrefix + key), key);
      }
    },
  );
}

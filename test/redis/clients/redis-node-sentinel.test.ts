import test from "ava";
import * as nodeRedis6 from "@redis/client";
import * as nodeRedis5 from "node-redis-5";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { randomId } from "../../../runtime/entry/id";
import { startSentinelSet } from "../../chaos/sentinel-set";
import { entry, lease } from "../../support/every-answer";
import { until } from "../../support/redis";

type Library = Pick<typeof nodeRedis6, "createSentinel">;

const host = "127.0.0.1";

for (const [name, library] of [
  ["node-redis 5", nodeRedis5 as unknown as Library],
  ["node-redis 6", nodeRedis6],
] as const) {
  test.serial(
    `${name}: a Sentinel's client reads and writes at the master, and follows it to its replica`,
    async (t) => {
      const set = await startSentinelSet();
      const client = library.createSentinel({
        name: set.name,
        sentinelRootNodes: set.sentinelPorts.map((port) => ({ host, port })),
        scanInterval: 100,
      });
      client.on("error", () => {});
      await client.connect();
      t.teardown(async () => {
        await client.destroy();
        await set.stop();
      });
      const backend = new RedisBackend(client);
      const token = randomId();
      t.deepEqual(await backend.acquire([lease("a", token)]), [{ status: "acquired" }]);
      t.deepEqual(await backend.write([entry("a", token)]), [true]);
      const [stored] = await backend.read(["a"]);
      t.truthy(stored);
      const [version] = await backend.ensureVersions([
        { key: "tag:x~", seed: randomId(), ttlMs: 60_000 },
      ]);
      t.is(typeof version, "string");
      await backend.delete(["a"]);
      t.deepEqual(await backend.read(["a"]), [null]);
      t.is(await set.master.client().exists("tag:x~"), 1);

      await set.master.kill();
      let attempt = 0;
      await until("the replica is the master, and is asked", async () => {
        const key = `b${++attempt}`;
        const [isWritten] = await backend
          .acquire([lease(key, token)])
          .then(() => backend.write([entry(key, token)]))
          .catch(() => [false]);
        return isWritten === true;
      });
      t.truthy((await backend.read([`b${attempt}`]))[0]);
      t.is(await set.replica.client().exists(`b${attempt}`), 1);
    },
  );
}

import test from "ava";
import { MemoryBackend } from "../runtime/backends/memory-backend";
import { RedisBackend } from "../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../runtime/backends/tiered/tiered-backend";
import { startCluster, until, type RedisCluster } from "./support/redis";
import { clusters } from "./support/redis-clients";
let cluster: RedisCluster;
test.before(async () => { cluster = await startCluster({ replicas: false }); });
test.after.always(() => cluster?.stop());
for (const library of clusters) test.serial(library.name, async (t) => {
  const { client, destroy, call } = await library.connect(cluster.nodes[0]!.port);
  const memory = new MemoryBackend();
  const log: unknown[] = [];
  const t0 = Date.now();
  const tier = new TieredBackend(memory, new RedisBackend(client), { onStateChange: (s, c) => void log.push([Date.now() - t0, s, c?.message]) });
  try { await until("live", async () => tier.state === "live", 5000); } catch (e) { t.log(log); throw e; }
  t.log(log);
  for (let i = 0; i < 20; i++) await call(["SET", `k${i}`, "1"]);
  for (let i = 0; i < 20; i++) await until("kept", async () => (await tier.read([`k${i}`], { memoryMs: 60000 }), memory.recall(`k${i}`) !== null));
  for (let i = 0; i < 20; i++) await call(["SET", `k${i}`, "2"]);
  for (let i = 0; i < 20; i++) await until("gone", async () => memory.recall(`k${i}`) === null);
  t.is(tier.state, "live");
  tier.close(); destroy();
  t.log(log);
});

import test from "ava";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../runtime/backends/tiered/tiered-backend";
import { startRedis, until } from "../../support/redis";

test("with named prefixes, each tier receives its own canaries and no others", async (t) => {
  const server = await startRedis();
  t.teardown(() => server.stop());
  const tiers = [1, 2, 3].map(
    () =>
      new TieredBackend(new MemoryBackend(), new RedisBackend(server.client()), {
        prefixes: ["shop."],
      }),
  );
  t.teardown(() => tiers.forEach((tier) => tier.close()));
  await until("all tiers are live", async () => tiers.every(({ state }) => state === "live"));
  const info = await server.client().info("stats");
  // They share one connection, and each has one for its canaries.
  t.is(/tracking_total_prefixes:(\d+)/.exec(info)?.[1], "4");
});

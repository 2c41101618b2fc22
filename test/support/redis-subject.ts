import type { Cluster, Redis } from "ioredis";
import type { Subject } from "./backend-contract";
import { until } from "./redis";

/** What a case of the contract does to a store behind the back of its backend. */
export function redisSubject(
  client: Redis | Cluster,
  keyPrefix = "",
): Pick<Subject, "put" | "ttlMs" | "pass"> {
  return {
    put: async (key, bytes, ttlMs) => void (await client.set(keyPrefix + key, bytes, "PX", ttlMs)),
    async ttlMs(key) {
      const ttl = await client.pttl(keyPrefix + key);
      return ttl === -2 ? null : ttl;
    },
    async pass(ms) {
      // The time is that of the server's clock, which is this machine's. An expired key is gone
      // after its last millisecond.
      const end = Date.now() + ms + 1;
      await until("the time has passed", async () => Date.now() > end);
    },
  };
}

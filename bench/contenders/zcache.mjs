import { configure, idle, MemoryBackend, RedisBackend, TieredBackend } from "zcache";
import { hasTier } from "../works.mjs";
import {
  memory,
  pairTier,
  row,
  rows,
  shared,
  sharedTier,
  slow,
  tagged,
  text,
  tier,
} from "../build/src/cached.js";

export async function open({ connect, maxKeys = 10_000, method }) {
  const redis = await connect();
  const limits = { maxEntries: maxKeys, maxBytes: 2 ** 30 };
  // A busy machine must not open the breaker in the middle of a measurement.
  const deadline = "10s";
  configure({ backend: new RedisBackend(redis), deadline });
  configure("memory", { backend: new MemoryBackend(limits) });
  // The tier has a connection of its own and uses it continuously, which would be counted in other
  // rows.
  const tiered = hasTier(method)
    ? new TieredBackend(new MemoryBackend(limits), new RedisBackend(redis))
    : null;
  if (tiered) configure("tier", { backend: tiered, deadline });
  while (tiered && tiered.state !== "live") await new Promise((resolve) => setTimeout(resolve, 10));
  const close = () => {
    tiered?.close();
    // The client of node-redis calls this method destroy.
    if (redis.destroy) redis.destroy();
    else redis.disconnect();
  };
  return {
    ...{ row, text, slow, tagged, rows, memory, tier, pairTier, shared, sharedTier },
    ...{ settle: idle, close },
  };
}

import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";

/**
 * Inspects what the service stores, under a prefix of this run's own, and removes it at the end.
 */
export async function openRedis(url) {
  const prefix = `zcache-demo-${randomBytes(4).toString("hex")}:`;
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 3000 });
  let lastError = null;
  redis.on("error", (error) => (lastError = error));
  await redis.connect().catch((error) => {
    throw new Error(`No Redis answers at REDIS_URL: ${(lastError ?? error).message}`);
  });

  async function findKeys() {
    const keys = [];
    for await (const some of redis.scanStream({ match: `${prefix}*`, count: 1000 }))
      keys.push(...some);
    return [...new Set(keys)].sort((a, b) => a.localeCompare(b));
  }

  async function describeKeys() {
    const describe = async (key) => ({
      key,
      ttlMs: await redis.pttl(key),
      bytes: await redis.strlen(key),
    });
    return Promise.all((await findKeys()).map(describe));
  }

  async function close() {
    const keys = await findKeys();
    if (keys.length > 0) await redis.unlink(...keys);
    await redis.quit();
  }

  return { prefix, describeKeys, read: (key) => redis.get(key), close };
}

import { loadRow } from "../build/src/load.js";

const expiration = { type: "PX", value: 3_600_000 };

/**
 * This is the hand-written code with node-redis in place of ioredis, which one row compares with
 * it.
 */
export async function open({ connect, prefix }) {
  const redis = await connect();
  return {
    async row(id) {
      const key = `${prefix}:row:${id}`;
      const text = await redis.get(key);
      if (text !== null) return JSON.parse(text);
      const value = await loadRow(id);
      await redis.set(key, JSON.stringify(value), { expiration });
      return value;
    },
    close: () => redis.destroy(),
  };
}

import { cachified } from "@epic-web/cachified";
import { loadRow, loadSlowly, loadText } from "../build/src/load.js";

const ttl = 3_600_000;

export function open({ connect }) {
  const redis = connect();
  // Its Redis adapter is written for node-redis. This adapter does the same with ioredis.
  const cache = {
    name: "redis",
    get: async (key) => JSON.parse(await redis.get(key)),
    set: (key, entry) => redis.set(key, JSON.stringify(entry), "PX", ttl),
    delete: (key) => redis.del(key),
  };
  const inMemory = new Map();
  const row = (id) => cachified({ cache, key: `row:${id}`, ttl, getFreshValue: () => loadRow(id) });
  return {
    row,
    text: (length, copy) =>
      cachified({
        cache,
        key: `text:${length}:${copy}`,
        ttl,
        getFreshValue: () => loadText(length),
      }),
    slow: (id) => cachified({ cache, key: `slow:${id}`, ttl, getFreshValue: () => loadSlowly(id) }),
    rows: (ids) => Promise.all(ids.map(row)),
    memory: (id) =>
      cachified({ cache: inMemory, key: `memory:${id}`, ttl, getFreshValue: () => loadRow(id) }),
    close: () => redis.disconnect(),
  };
}

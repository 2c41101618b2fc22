import { createCache } from "async-cache-dedupe";
import { loadRow, loadSlowly, loadText } from "../build/src/load.js";

const ttl = 3_600;

export function open({ connect, maxKeys = 10_000 }) {
  const redis = connect();
  const cache = createCache({
    ttl,
    storage: { type: "redis", options: { client: redis, invalidation: { referencesTTL: ttl } } },
  })
    .define("row", loadRow)
    .define("text", ({ length }) => loadText(length))
    .define("slow", loadSlowly)
    .define("tagged", { references: ({ id, org }) => [`row:${id}`, `org:${org}`] }, ({ id }) =>
      loadRow(id),
    );
  const inMemory = createCache({
    ttl,
    storage: { type: "memory", options: { size: maxKeys } },
  }).define("memory", loadRow);
  return {
    row: (id) => cache.row(id),
    text: (length, copy) => cache.text({ length, copy }),
    slow: (id) => cache.slow(id),
    tagged: (id, org) => cache.tagged({ id, org }),
    memory: (id) => inMemory.memory(id),
    close: () => redis.disconnect(),
  };
}

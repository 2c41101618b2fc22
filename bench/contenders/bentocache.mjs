import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { redisDriver } from "bentocache/drivers/redis";
import { loadRow, loadSlowly, loadText } from "../build/src/load.js";

const ttl = "1h";

export function open({ connect, maxKeys = 10_000 }) {
  const redis = connect();
  const bento = new BentoCache({
    default: "redis",
    stores: {
      redis: bentostore().useL2Layer(redisDriver({ connection: redis })),
      tiered: bentostore()
        .useL1Layer(memoryDriver({ maxItems: maxKeys }))
        .useL2Layer(redisDriver({ connection: redis })),
      memory: bentostore().useL1Layer(memoryDriver({ maxItems: maxKeys })),
    },
  });
  const tiered = bento.use("tiered");
  const inMemory = bento.use("memory");
  const row = (id) => bento.getOrSet({ key: `row:${id}`, ttl, factory: () => loadRow(id) });
  return {
    row,
    text: (length, copy) =>
      bento.getOrSet({ key: `text:${length}:${copy}`, ttl, factory: () => loadText(length) }),
    slow: (id) => bento.getOrSet({ key: `slow:${id}`, ttl, factory: () => loadSlowly(id) }),
    tagged: (id, org) =>
      bento.getOrSet({
        key: `tagged:${id}`,
        ttl,
        tags: [`row:${id}`, `org:${org}`],
        factory: () => loadRow(id),
      }),
    rows: (ids) => Promise.all(ids.map(row)),
    memory: (id) => inMemory.getOrSet({ key: `memory:${id}`, ttl, factory: () => loadRow(id) }),
    pairTier: (id, org) =>
      tiered.getOrSet({ key: `pair:${id}:${org}`, ttl, factory: () => loadRow(id) }),
    tier: (id) => tiered.getOrSet({ key: `tier:${id}`, ttl, factory: () => loadRow(id) }),
    close: () => bento.disconnectAll(),
  };
}

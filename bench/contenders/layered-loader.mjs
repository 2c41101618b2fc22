import { Loader, RedisCache } from "layered-loader";
import { createRow, loadRow, loadRows, loadSlowly, loadText } from "../build/src/load.js";

const ttlInMsecs = 3_600_000;

/** The library doesn't have tags. Its groups are the nearest feature, and one key has one group. */
export function open({ connect, maxKeys = 10_000 }) {
  const redis = connect();
  const inRedis = (prefix) => ({
    inMemoryCache: false,
    asyncCache: new RedisCache(redis, { prefix, json: true, ttlInMsecs }),
  });
  const loader = (prefix, load) =>
    new Loader({ ...inRedis(prefix), dataSourceGetOneFn: (id) => load(Number(id)) });
  const row = loader("layered-row", loadRow);
  const text = new Loader({
    ...inRedis("layered-text"),
    dataSourceGetOneFn: (key) => loadText(Number(key.split(":")[0])),
  });
  const slow = loader("layered-slow", loadSlowly);
  const rows = new Loader({
    ...inRedis("layered-rows"),
    dataSourceGetManyFn: (ids) => loadRows(ids.map(Number)),
    cacheKeyFromValueResolver: ({ id }) => String(id),
  });
  const memory = new Loader({
    inMemoryCache: { ttlInMsecs, maxItems: maxKeys },
    dataSourceGetOneFn: async (id) => createRow(Number(id)),
  });
  const tier = new Loader({
    ...inRedis("layered-tier"),
    inMemoryCache: { ttlInMsecs, maxItems: maxKeys },
    dataSourceGetOneFn: (id) => loadRow(Number(id)),
  });
  const pairTier = new Loader({
    ...inRedis("layered-pair"),
    inMemoryCache: { ttlInMsecs, maxItems: maxKeys },
    dataSourceGetOneFn: (key) => loadRow(Number(key.split(":")[0])),
  });
  return {
    row: (id) => row.get(String(id)),
    text: (length, copy) => text.get(`${length}:${copy}`),
    slow: (id) => slow.get(String(id)),
    /** The results are not in the order of the ids. */
    rows: (ids) => rows.getMany(ids.map(String)),
    memory: (id) => memory.get(String(id)),
    tier: (id) => tier.get(String(id)),
    pairTier: (id, org) => pairTier.get(`${id}:${org}`),
    close: () => redis.disconnect(),
  };
}

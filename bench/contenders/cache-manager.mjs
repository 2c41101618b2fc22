import { createCache } from "cache-manager";
import KeyvRedis from "@keyv/redis";
import { Keyv } from "keyv";
import { loadRow, loadRows, loadSlowly, loadText } from "../build/src/load.js";

const ttl = 3_600_000;

/** Its Redis adapter uses node-redis. */
export function open({ url }) {
  const cache = createCache({ stores: [new Keyv({ store: new KeyvRedis(url) })] });
  const inMemory = createCache();
  return {
    row: (id) => cache.wrap(`cache-manager:row:${id}`, () => loadRow(id), ttl),
    text: (length, copy) =>
      cache.wrap(`cache-manager:text:${length}:${copy}`, () => loadText(length), ttl),
    slow: (id) => cache.wrap(`cache-manager:slow:${id}`, () => loadSlowly(id), ttl),
    async rows(ids) {
      const values = await cache.mget(ids.map((id) => `cache-manager:rows:${id}`));
      const missing = ids.filter((_, i) => values[i] === undefined);
      if (missing.length === 0) return values;
      const loaded = await loadRows(missing);
      await cache.mset(
        missing.map((id, i) => ({ key: `cache-manager:rows:${id}`, value: loaded[i], ttl })),
      );
      let next = 0;
      return values.map((value) => value ?? loaded[next++]);
    },
    memory: (id) => inMemory.wrap(`cache-manager:memory:${id}`, () => loadRow(id), ttl),
    close: () => cache.disconnect(),
  };
}

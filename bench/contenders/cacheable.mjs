import { Cacheable } from "cacheable";
import KeyvRedis from "@keyv/redis";
import { loadRow, loadRows, loadSlowly, loadText } from "../build/src/load.js";

const ttl = 3_600_000;

/** Its Redis adapter uses node-redis. */
export function open({ url }) {
  const plain = new Cacheable({ primary: new KeyvRedis(url) });
  const withTags = new Cacheable({ primary: new KeyvRedis(url), tags: true });
  const inMemory = new Cacheable();
  return {
    row: (id) => plain.getOrSet(`cacheable:row:${id}`, () => loadRow(id), { ttl }),
    text: (length, copy) =>
      plain.getOrSet(`cacheable:text:${length}:${copy}`, () => loadText(length), { ttl }),
    slow: (id) => plain.getOrSet(`cacheable:slow:${id}`, () => loadSlowly(id), { ttl }),
    async tagged(id, org) {
      const key = `cacheable:tagged:${id}`;
      const known = await withTags.get(key);
      if (known !== undefined) return known;
      const value = await loadRow(id);
      await withTags.set(key, value, { ttl, tags: [`cacheable:row:${id}`, `org:${org}`] });
      return value;
    },
    async rows(ids) {
      const values = await plain.getMany(ids.map((id) => `cacheable:rows:${id}`));
      const missing = ids.filter((_, i) => values[i] === undefined);
      if (missing.length === 0) return values;
      const loaded = await loadRows(missing);
      await plain.setMany(
        missing.map((id, i) => ({ key: `cacheable:rows:${id}`, value: loaded[i], ttl })),
      );
      let next = 0;
      return values.map((value) => value ?? loaded[next++]);
    },
    memory: (id) => inMemory.getOrSet(`cacheable:memory:${id}`, () => loadRow(id), { ttl }),
    close: () => Promise.all([plain.disconnect(), withTags.disconnect()]),
  };
}

import { loadRow, loadRows, loadSlowly, loadText } from "../build/src/load.js";

const ttlMs = 3_600_000;

/**
 * A programmer who needs a cache quickly writes code like this: it has no leases, no shared loads
 * and no merged commands.
 */
export function open({ connect, prefix }) {
  const redis = connect();
  const kept = new Map();

  async function cached(key, load) {
    const text = await redis.get(key);
    if (text !== null) return JSON.parse(text);
    const value = await load();
    await redis.set(key, JSON.stringify(value), "PX", ttlMs);
    return value;
  }

  async function memory(name, id = name) {
    const key = `${prefix}:memory:${name}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const value = await loadRow(id);
    kept.set(key, value);
    return value;
  }

  return {
    row: (id) => cached(`${prefix}:row:${id}`, () => loadRow(id)),
    text: (length, copy) => cached(`${prefix}:text:${length}:${copy}`, () => loadText(length)),
    slow: (id) => cached(`${prefix}:slow:${id}`, () => loadSlowly(id)),

    async tagged(id, org) {
      const key = `${prefix}:tagged:${id}`;
      const tags = [`${prefix}:tag:row:${id}`, `${prefix}:tag:org:${org}`];
      const [text, ...versions] = await redis.mget(key, ...tags);
      if (text !== null) {
        const entry = JSON.parse(text);
        if (entry.versions[0] === versions[0] && entry.versions[1] === versions[1])
          return entry.value;
      }
      for (const [i, tag] of tags.entries()) {
        versions[i] ??= String(Math.random());
        await redis.set(tag, versions[i], "PX", ttlMs);
      }
      const value = await loadRow(id);
      await redis.set(key, JSON.stringify({ versions, value }), "PX", ttlMs);
      return value;
    },

    async rows(ids) {
      const keys = ids.map((id) => `${prefix}:rows:${id}`);
      const values = (await redis.mget(keys)).map((text) =>
        text === null ? null : JSON.parse(text),
      );
      const missing = ids.filter((_, i) => values[i] === null);
      if (missing.length === 0) return values;
      const loaded = await loadRows(missing);
      const pipeline = redis.pipeline();
      missing.forEach((id, i) =>
        pipeline.set(`${prefix}:rows:${id}`, JSON.stringify(loaded[i]), "PX", ttlMs),
      );
      await pipeline.exec();
      let next = 0;
      return values.map((value) => value ?? loaded[next++]);
    },

    memory,
    /** This cache receives no invalidations, which is why it is so quick. */
    tier: memory,
    pairTier: (id, org) => memory(`${id}:${org}`, id),
    // Its callers share the values that they get, and may change them.
    shared: memory,
    sharedTier: memory,

    close: () => redis.disconnect(),
  };
}

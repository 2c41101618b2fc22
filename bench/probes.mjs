/**
 * Shows what each library does in four situations, in memory and without Redis: `cd bench && npm
 * install && node probes.mjs`, after `npm run build`. docs/comparison.md has the answers.
 */
import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import { cachified } from "@epic-web/cachified";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { createCache } from "cache-manager";
import DataLoader from "dataloader";
import { Keyv } from "keyv";

const require = createRequire(import.meta.url);
const zcache = require("../dist/runtime/zcache.js");
const { FaultyBackend } = require("../dist/runtime/testing/index.js");

const ttl = 60_000;
const never = () => new Promise(() => {});

/**
 * Each function makes `{ read, invalidate, hang }` over a loader. `hang` makes its store stop
 * answering, and is null if the library can't be given such a store.
 */
const libraries = {
  zcache(load) {
    const backend = new FaultyBackend(new zcache.MemoryBackend(), { remote: true });
    zcache.configure({ backend });
    const read = zcache.wrap(() => ({ name: "probe", key: { arguments: 1 } }), load);
    return { read, invalidate: (id) => read.invalidate(id), hang: () => backend.hang("read") };
  },
  bentocache(load) {
    const bento = new BentoCache({
      default: "memory",
      stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: 100 })) },
    });
    return {
      read: (id) => bento.getOrSet({ key: String(id), ttl, factory: () => load(id) }),
      invalidate: (id) => bento.delete({ key: String(id) }),
      hang: null,
    };
  },
  cachified(load) {
    const store = new Map();
    const cache = {
      get: (key) => store.get(key),
      set: (key, entry) => store.set(key, entry),
      delete: (key) => store.delete(key),
    };
    return {
      read: (id) => cachified({ cache, key: String(id), ttl, getFreshValue: () => load(id) }),
      invalidate: (id) => cache.delete(String(id)),
      hang: () => (cache.get = never),
    };
  },
  "cache-manager"(load) {
    const keyv = new Keyv();
    const cache = createCache({ stores: [keyv] });
    return {
      read: (id) => cache.wrap(String(id), () => load(id), ttl),
      invalidate: (id) => cache.del(String(id)),
      hang: () => (keyv.get = never),
    };
  },
  keyv(load) {
    const keyv = new Keyv();
    const read = async (id) => {
      const known = await keyv.get(String(id));
      if (known !== undefined) return known;
      const value = await load(id);
      await keyv.set(String(id), value, ttl);
      return value;
    };
    return { read, invalidate: (id) => keyv.delete(String(id)), hang: () => (keyv.get = never) };
  },
  dataloader(load) {
    const loader = new DataLoader((ids) => Promise.all(ids.map(load)));
    return {
      read: (id) => loader.load(id),
      invalidate: async (id) => loader.clear(id),
      hang: null,
    };
  },
};

async function countLoads(open) {
  let loads = 0;
  const { read } = open(async () => (await wait(20), { load: ++loads }));
  await Promise.all(Array.from({ length: 100 }, () => read(1)));
  return `${loads}`;
}

/** The row changes, and its entry is invalidated, while an old row is being loaded. */
async function invalidateWhileLoading(open) {
  let row = "old";
  const { read, invalidate } = open(async () => {
    const seen = row;
    await wait(30);
    return { seen };
  });
  const loading = read(1);
  await wait(10);
  row = "new";
  await invalidate(1);
  await loading;
  return (await read(1)).seen;
}

async function changeTheResult(open) {
  const { read } = open(async () => ({ list: [1] }));
  (await read(1)).list.push(2);
  (await read(1)).list.push(2);
  return (await read(1)).list.length === 1 ? "own" : "shared";
}

async function hangTheStore(open) {
  const { read, hang } = open(async () => ({ ok: true }));
  if (!hang) return "-";
  hang();
  return await Promise.race([read(1).then(() => "answers"), wait(2_000).then(() => "hangs")]);
}

const probes = { countLoads, invalidateWhileLoading, changeTheResult, hangTheStore };
console.log(["".padEnd(24), ...Object.keys(libraries).map((name) => name.padEnd(14))].join(""));
for (const [name, probe] of Object.entries(probes)) {
  const answers = [];
  for (const open of Object.values(libraries))
    answers.push(await probe(open).catch((error) => error.message.slice(0, 12)));
  console.log([name.padEnd(24), ...answers.map((answer) => answer.padEnd(14))].join(""));
}
process.exit(0);

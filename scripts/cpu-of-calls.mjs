/**
 * Compares the CPU time of a call in several built trees of zcache, in turns, because wall time is
 * meaningless on a machine that others use too.
 *
 *     node scripts/cpu-of-calls.mjs ../before . --rounds 8 [--only miss] [--node PATH] [--context]
 *
 * It prints for each kind of call the best round of each tree, in microseconds, and the last tree
 * divided by the first.
 * `--context` runs every call in an AsyncLocalStorage of the program, as servers do.
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startCluster, startRedis } from "./redis-server.mjs";

const script = fileURLToPath(import.meta.url);

/**
 * Each kind makes `calls` calls, beginning with the id `from`. They take a second of CPU time or
 * less.
 */
const kinds = {
  "hit, one at a time": { calls: 8_000, run: inTurn((cached, id) => cached.row(id % 64)) },
  "hit, 256 in flight": { calls: 40_960, run: together(256, (cached, id) => cached.row(id % 256)) },
  "Cluster, hit, 256 in flight": {
    calls: 20_480,
    run: together(256, (cached, id) => cached.row(id % 256)),
  },
  "Cluster, hit with a tag, 256 in flight": {
    calls: 20_480,
    run: together(256, (cached, id) => cached.tagged(id % 256)),
  },
  "hit with a tag, one at a time": {
    calls: 8_000,
    run: inTurn((cached, id) => cached.tagged(id % 64)),
  },
  "hit with a tag, 256 in flight": {
    calls: 40_960,
    run: together(256, (cached, id) => cached.tagged(id % 256)),
  },
  "memory hit": { calls: 200_000, run: inTurn((cached, id) => cached.inMemory(id % 64)) },
  "tier hit": { calls: 200_000, run: inTurn((cached, id) => cached.inTier(id % 64)) },
  "tier hit with a tag": {
    calls: 100_000,
    run: inTurn((cached, id) => cached.taggedInTier(id % 64)),
  },
  miss: { calls: 4_000, run: inTurn((cached, id) => cached.row(1_000 + id)) },
  "miss, 256 in flight": {
    calls: 20_480,
    run: together(256, (cached, id) => cached.row(1_000 + id)),
  },
  "hit of 100 kB of text, 8 callers": {
    calls: 2_048,
    run: together(8, (cached) => cached.text(100_000)),
  },
  "hit of 1 MB of text, 8 callers": {
    calls: 512,
    run: together(8, (cached) => cached.text(1_000_000)),
  },
  "hit of 100 rows, one at a time": { calls: 1_000, run: inTurn((cached) => cached.list(0)) },
  "hit of 100 rows, of 1,000 keys": {
    calls: 1_000,
    run: inTurn((cached, id) => cached.list(id % 1_000)),
  },
  "batch of 100, hits": { calls: 1_000, run: inTurn((cached) => cached.rows(hundred)) },
  "batch of 100, misses": {
    calls: 400,
    run: inTurn((cached, id) => cached.rows(hundred.map((one) => 1_000 + id * 100 + one))),
  },
};
const hundred = Array.from({ length: 100 }, (_, id) => id);

function inTurn(call) {
  return async (cached, from, calls) => {
    for (let id = from; id < from + calls; id++) await call(cached, id);
  };
}

function together(atOnce, call) {
  return async (cached, from, calls) => {
    for (let id = from; id < from + calls; id += atOnce)
      await Promise.all(Array.from({ length: atOnce }, (_, i) => call(cached, id + i)));
  };
}

function isForCluster(kind) {
  return kind.startsWith("Cluster");
}

/** Measures in a process of its own, for one tree and kind of call. */
async function measure(tree, kind, ports, hasContext) {
  const load = createRequire(join(resolve(tree), "package.json"));
  const { configure, idle, MemoryBackend, RedisBackend, TieredBackend } =
    load("./dist/runtime/index.js");
  const { wrap } = load("./dist/runtime/runtime.js");
  const { Cluster, Redis } = load("ioredis");
  const { AsyncLocalStorage } = await import("node:async_hooks");
  const [port] = ports;
  const client =
    ports.length > 1
      ? new Cluster([{ host: "127.0.0.1", port }], { lazyConnect: true })
      : new Redis({ port, lazyConnect: true });
  await client.connect();
  for (const node of client.isCluster ? client.nodes("master") : [client]) await node.flushall();
  configure({ backend: new RedisBackend(client), deadline: "10s" });
  configure("memory", { backend: new MemoryBackend() });
  const tier =
    kind.startsWith("tier") && new TieredBackend(new MemoryBackend(), new RedisBackend(client));
  if (tier) configure("tier", { backend: tier });
  const row = async (id) => ({ id, title: "A title", labels: ["new", "paper"] });
  const cachedAs = (name, plan, loader) =>
    wrap(() => ({ name, key: { arguments: 1 }, ...plan }), loader);
  const tag = { text: ($, id) => `row:${$(id)}` };
  const cached = {
    row: cachedAs("row", {}, row),
    tagged: cachedAs("tagged", { tags: [tag] }, row),
    inMemory: cachedAs("inMemory", { cache: "memory" }, row),
    inTier: cachedAs("inTier", { cache: "tier", memoryMs: 60_000 }, row),
    taggedInTier: cachedAs("taggedInTier", { cache: "tier", memoryMs: 60_000, tags: [tag] }, row),
    text: cachedAs("text", {}, async (length) => "x".repeat(length)),
    list: cachedAs("list", {}, (id) => Promise.all(hundred.map((one) => row(id + one)))),
    rows: cachedAs("rows", { batch: "array" }, (ids) => Promise.all(ids.map(row))),
  };
  const { calls, run } = kinds[kind];
  const work = (from) => run(cached, from, calls);
  const context = new AsyncLocalStorage();
  const runOnce = (from) => (hasContext ? context.run({}, work, from) : work(from));
  while (tier && tier.state !== "live") await new Promise((resolve) => setTimeout(resolve, 10));
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    await runOnce(round * calls);
    await idle();
    const { user, system } = process.cpuUsage(before);
    // In the first rounds V8 reads and compiles the code, and entries are stored.
    if (round > 1) best = Math.min(best, (user + system) / calls);
  }
  console.log(best);
  if (tier) tier.close();
  client.disconnect();
}

async function compare(trees, { rounds, only, node, context }) {
  const redis = await startRedis();
  const names = Object.keys(kinds).filter((name) => !only || name.includes(only));
  const cluster = names.some(isForCluster) ? await startCluster() : null;
  console.log(
    `${execFileSync(node, ["-v"], { encoding: "utf8" }).trim()}${context ? ", in an AsyncLocalStorage" : ""}`,
  );
  for (const kind of names) {
    const ports = isForCluster(kind) ? cluster.ports : [redis.port];
    const best = trees.map(() => Infinity);
    for (let round = 0; round < rounds; round++) {
      for (const [i, tree] of trees.entries()) {
        const args = [
          script,
          "--measure",
          kind,
          "--ports",
          ports.join(),
          tree,
          ...(context ? ["--context"] : []),
        ];
        best[i] = Math.min(best[i], Number(execFileSync(node, args, { encoding: "utf8" })));
      }
    }
    const figures = best.map((us) => us.toFixed(2).padStart(8)).join(" ");
    console.log(`${kind.padEnd(32)}${figures}   ${(best.at(-1) / best[0]).toFixed(3)}`);
  }
  redis.stop();
  cluster?.stop();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "6" },
    only: { type: "string" },
    node: { type: "string", default: process.execPath },
    context: { type: "boolean", default: false },
    measure: { type: "string" },
    ports: { type: "string" },
  },
});
if (values.measure)
  await measure(
    positionals[0],
    values.measure,
    values.ports.split(",").map(Number),
    values.context,
  );
else await compare(positionals, { ...values, rounds: Number(values.rounds) });

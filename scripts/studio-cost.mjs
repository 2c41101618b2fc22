/**
 * Measures what Studio costs a process that answers 10,000 hits a second: its CPU time and the time
 * of a hit, with Studio on and off in turns. Run npm run build first.
 *
 *     node scripts/studio-cost.mjs [--rounds 4] [--seconds 5]
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startRedis } from "./redis-server.mjs";

const script = fileURLToPath(import.meta.url);
const stores = ["redis", "memory"];
const hitsPerTick = 100;
const tickMs = 10;

/**
 * Runs in a process of its own. Prints CPU and the mean time of a hit, both in microseconds a hit.
 */
async function measure(store, studio, port, seconds) {
  const load = createRequire(new URL("../package.json", import.meta.url));
  const { configure, MemoryBackend, RedisBackend } = load("./dist/runtime/index.js");
  const { wrap } = load("./dist/runtime/runtime.js");
  const { Redis } = load("ioredis");
  const client = new Redis({ port, lazyConnect: true });
  await client.connect();
  configure({
    backend: store === "redis" ? new RedisBackend(client) : new MemoryBackend(),
    studio,
  });
  const loader = async (id) => ({ id, title: "A title", labels: ["new", "paper"] });
  const row = wrap(() => ({ name: "row", key: { arguments: 1 } }), loader);
  let hits = 0;
  let waited = 0;
  const run = async (ms) => {
    const end = performance.now() + ms;
    for (let next = performance.now(); next < end; next += tickMs) {
      await delay(Math.max(0, next - performance.now()));
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: hitsPerTick }, (_, i) => row(i)));
      waited += performance.now() - startedAt;
      hits += hitsPerTick;
    }
  };
  // During this time V8 compiles the code, and the entries are stored.
  await run(2_000);
  hits = waited = 0;
  const before = process.cpuUsage();
  await run(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpu: (user + system) / hits, time: (waited * 1_000) / hits }));
  client.disconnect();
  process.exit();
}

async function compare(rounds, seconds) {
  const redis = await startRedis();
  console.log(
    `Node ${process.version}, ${(hitsPerTick * 1_000) / tickMs} hits a second, medians of ${rounds} rounds`,
  );
  for (const store of stores) {
    const seen = { off: [], on: [] };
    for (let round = 0; round < rounds; round++)
      for (const mode of round % 2 === 0 ? ["off", "on"] : ["on", "off"]) {
        const args = [
          script,
          "--measure",
          store,
          "--mode",
          mode,
          "--port",
          String(redis.port),
          "--seconds",
          String(seconds),
        ];
        seen[mode].push(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })));
      }
    for (const what of ["cpu", "time"]) {
      const [off, on] = [seen.off, seen.on].map((all) => median(all.map((one) => one[what])));
      console.log(
        `${store.padEnd(8)} ${what.padEnd(5)} off ${off.toFixed(2)} µs, on ${on.toFixed(2)} µs a hit: ${(on / off).toFixed(3)}`,
      );
    }
  }
  redis.stop();
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "4" },
    seconds: { type: "string", default: "5" },
    measure: { type: "string" },
    mode: { type: "string" },
    port: { type: "string" },
  },
});
if (values.measure)
  await measure(values.measure, values.mode === "on", Number(values.port), Number(values.seconds));
else await compare(Number(values.rounds), Number(values.seconds));

/**
 * Measures what a hit costs, by where it comes from and how its value is protected from other
 * callers: `npx ts-node -T bench/tier-hit.ts`.
 */
import { MemoryBackend } from "../runtime/backends/memory-backend";
import { configure } from "../runtime/cache/configure";
import { wrap } from "../runtime/calls/cached-function";
import { RedisBackend } from "../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../runtime/backends/tiered/tiered-backend";
import { startRedis, until } from "../test/support/redis";
import { keyOver } from "../test/support/templates";

type Work = () => unknown;

/** Returns microseconds a call, one call at a time: the best of fifteen runs. */
async function measure(work: Work, count: number): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < 15; run++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) await work();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e3 / count);
  }
  return Number(best.toFixed(2));
}

function createValue(items: number): object {
  return {
    id: 5,
    name: "Ada Lovelace",
    items: Array.from({ length: items }, (_, i) => ({
      id: i,
      title: `An item numbered ${i}`,
      price: i * 1.5,
      tags: ["a", "b"],
    })),
  };
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}

function createFunction(
  cache: string,
  name: string,
  value: object,
  memoryMs: number,
): () => Promise<unknown> {
  const plan = { name, cache, memoryMs, key: keyOver((...args: unknown[]) => args) };
  return wrap(
    () => plan,
    async () => value,
    name,
  ) as never;
}

async function main(): Promise<void> {
  const server = await startRedis();
  const client = server.client();
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client), {
    maxLag: "1m",
  });
  await until("live", async () => backend.state === "live");
  configure("tiered", { backend });
  configure("memory", { backend: new MemoryBackend() });

  const rows = [];
  for (const [size, items] of [
    ["50 B", 0],
    ["1 kB", 12],
    ["10 kB", 130],
  ] as const) {
    const value = createValue(items);
    const bytes = Buffer.from(JSON.stringify(value));
    const [tiered, remote, memory] = [
      createFunction("tiered", `t${items}`, value, 600_000),
      createFunction("tiered", `r${items}`, value, 0),
      createFunction("memory", `m${items}`, value, 0),
    ];
    for (let i = 0; i < 3; i++) {
      await Promise.all([tiered(), remote(), memory()]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const frozen = freeze(createValue(items));
    const shared = new Map([["key", frozen]]);
    rows.push({
      "JSON of": size,
      "bytes in all": bytes.length,
      "awaited Map.get (shared, frozen)": await measure(async () => shared.get("key"), 20_000),
      structuredClone: await measure(() => structuredClone(value), 1_000),
      "JSON.parse alone": await measure(() => JSON.parse(bytes.toString()), 2_000),
      "read of the tier": await measure(
        () => backend.read([`t${items}|`], { memoryMs: 600_000 }),
        20_000,
      ),
      "call, hit in the tier": await measure(tiered, 2_000),
      "call, hit in a MemoryBackend": await measure(memory, 2_000),
      "call, hit in Redis": await measure(remote, 500),
      "freezing once": await measure(() => freeze(createValue(items)), 500),
    });
  }
  console.log("Microseconds, one call at a time:");
  const [first] = rows;
  for (const name of Object.keys(first ?? {})) {
    console.log(
      `${name.padEnd(36)}${rows.map((row) => String(row[name as keyof typeof row]).padStart(10)).join("")}`,
    );
  }
  backend.close();
  await server.stop();
}

void main();

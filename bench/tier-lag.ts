/**
 * Measures for how long another process still reads an old value from its memory tier after an
 * invalidation was acknowledged: `npx ts-node -T bench/tier-lag.ts [--rounds N] [--json]`.
 */
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { MemoryBackend } from "../runtime/backends/memory-backend";
import { RedisBackend } from "../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../runtime/backends/tiered/tiered-backend";
import { startRedis, until } from "../test/support/redis";

/**
 * The reader sends these messages to the invalidator. The times are those of the machine's
 * monotonic clock, which processes share.
 */
type Message = { readonly kept: string } | { readonly gone: string; readonly lastOldAt: number };

interface Result {
  readonly load: string;
  readonly rounds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const memory = { memoryMs: 60_000 };

async function readOn(port: number): Promise<void> {
  const backend = new TieredBackend(
    new MemoryBackend(),
    new RedisBackend(new Redis({ host: "127.0.0.1", port })),
  );
  const send = (message: Message): void => void process.send?.(message);
  process.on("disconnect", () => process.exit());
  process.on("message", async (key: string) => {
    await until("live", async () => backend.state === "live");
    while ((await backend.read([key]))[0] === null);
    // The reader reads twice, in case the push of the write arrived after the first answer.
    for (let i = 0; i < 2; i++) {
      await backend.read([key], memory);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    send({ kept: key });
    for (let lastOldAt = 0; ;) {
      const startedAt = now();
      const [bytes] = await backend.read([key], memory);
      if (!bytes) return send({ gone: key, lastOldAt });
      lastOldAt = startedAt;
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  send({ kept: "" });
}

async function measure(load: string, rounds: number, writesUnderWay: number): Promise<Result> {
  const server = await startRedis();
  const client = server.client();
  const reader = fork(__filename, ["--reader", String(server.port)], {
    execArgv: process.execArgv,
  });
  const next = (): Promise<Message> =>
    new Promise((resolve) => reader.once("message", (message) => resolve(message as Message)));
  await next();

  let done = false;
  const noisy = server.client();
  const noise = Array.from({ length: writesUnderWay }, async (_, i) => {
    while (!done)
      await noisy.set(`noise:${i}:${Math.floor(Math.random() * 1_000)}`, "x", "PX", 1_000);
  });

  const lags: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const key = randomUUID();
    await client.set(key, "old", "PX", 60_000);
    reader.send(key);
    await next();
    const gone = next();
    await client.del(key);
    const acknowledgedAt = now();
    const message = await gone;
    if ("lastOldAt" in message) lags.push(Math.max(0, message.lastOldAt - acknowledgedAt));
  }
  done = true;
  await Promise.all(noise);
  reader.disconnect();
  await server.stop();
  lags.sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? 0).toFixed(3));
  return { load, rounds: lags.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

async function main(args: readonly string[]): Promise<void> {
  const value = (name: string): string | undefined =>
    args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  if (args.includes("--reader")) return readOn(Number(value("--reader")));
  const rounds = Number(value("--rounds") ?? 1_000);
  const results = [
    await measure("idle", rounds, 0),
    await measure("64 writes under way all the time", rounds, 64),
  ];
  if (args.includes("--json")) console.log(JSON.stringify(results));
  else console.table(results);
}

void main(process.argv.slice(2));

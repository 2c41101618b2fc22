/**
 * A process that makes calls all the time, and reports at intervals what it holds: heap, handles,
 * listeners, loads.
 */
import { Redis } from "ioredis";
import { cacheNamed } from "../../../runtime/cache/configure";
import {
  configure,
  idle,
  invalidateTag,
  MemoryBackend,
  RedisBackend,
  TieredBackend,
} from "../../../runtime/index";
import type { Sample, SoakConfig } from "../soak";
import { Random } from "../random";
import { batch, kept, pair, plain, source, tagged, type Value } from "./shop";

/** Each of these is called again and again. Others are new each time. */
const hotCells = 500;
const newShare = 0.2;
const concurrency = 64;
const memoryEntries = 2_000;
const rejection = new Error("The database is down");

interface Cache {
  configure(): void;
  /** Waits until it has its connections again, if it lost them. */
  ready(): Promise<unknown>;
  /** The objects whose listeners must not accumulate. */
  readonly client: Redis | null;
  /** The number of the tier's reads that are under way. */
  pending(): number;
}

function createCache({ backend: kind, port }: SoakConfig): Cache {
  const memory = new MemoryBackend({ maxEntries: memoryEntries });
  if (kind === "memory") {
    return {
      client: null,
      pending: () => 0,
      ready: async () => {},
      configure: () => configure({ backend: memory }),
    };
  }
  const client = new Redis({ host: "127.0.0.1", port, retryStrategy: () => 20 });
  client.on("error", () => {});
  const redis = new RedisBackend(client);
  const tiered =
    kind === "tiered" ? new TieredBackend(memory, redis, { onStateChange() {} }) : null;
  return {
    client,
    pending: () => tiered?.pendingReads ?? 0,
    async ready() {
      await client.ping();
      while (tiered && tiered.state !== "live")
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    configure: () => configure({ backend: tiered ?? redis, breakerTime: "50ms" }),
  };
}

const mostlyCells = (random: Random): number =>
  random.chance(newShare) ? random.below(2 ** 31) : random.below(hotCells);

/** Each kind of operation, with its frequency. Rejections are part of the work. */
const operations: readonly (readonly [share: number, run: (random: Random) => Promise<unknown>])[] =
  [
    [0.4, (random) => plain(mostlyCells(random))],
    [0.15, (random) => tagged(mostlyCells(random))],
    [0.1, (random) => kept(mostlyCells(random))],
    [0.1, (random) => pair(mostlyCells(random), mostlyCells(random))],
    [0.1, (random) => batch(mostlyCells(random), mostlyCells(random), mostlyCells(random))],
    [0.04, (random) => plain.invalidate(mostlyCells(random))],
    [0.03, (random) => invalidateTag(`cell:${mostlyCells(random)}`)],
    [0.02, (random) => plain.refresh(mostlyCells(random))],
    [0.02, (random) => plain.bind(null)(mostlyCells(random))],
    [0.02, () => plain(Number.NaN)],
    [0.02, () => plain((() => 1) as never)],
  ];

function runOne(random: Random): Promise<unknown> {
  let left = random.next();
  for (const [share, run] of operations) {
    left -= share;
    if (left < 0) return run(random);
  }
  return plain(0);
}

async function soak(config: SoakConfig): Promise<void> {
  const random = new Random(config.seed);
  const cache = createCache(config);
  source.load = async (_surface, cells): Promise<Value> => {
    // One load in many ends with an error, and some are slow enough to be joined.
    if (Number.isNaN(cells[0])) throw rejection;
    if (random.chance(0.1)) await new Promise((resolve) => setImmediate(resolve));
    return { versions: [...cells], cells, askedFor: cells, padding: "x".repeat(200) };
  };
  const perSample = Math.ceil(config.operations / config.samples);
  for (let done = 0; done < config.operations;) {
    // This is done again at each interval, because nothing that an earlier cache held may stay.
    cache.configure();
    let left = perSample;
    const caller = async (): Promise<void> => {
      while (left-- > 0) await runOne(random).catch(() => {});
    };
    await Promise.all(Array.from({ length: concurrency }, caller));
    done += perSample;
    await idle();
    await cache.ready();
    process.send?.(takeSample(cache, done));
    await acknowledged();
  }
  process.exit(0);
}

function takeSample({ client, pending }: Cache, operations: number): Sample {
  for (let i = 0; i < 2; i++) (globalThis as { gc?(): void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const emitters = [process, client, client?.stream].filter((emitter) => emitter != null);
  return {
    operations,
    heapBytes: heapUsed,
    externalBytes: external,
    handles: process.getActiveResourcesInfo().length,
    listeners: emitters.reduce(
      (sum, emitter) =>
        sum + emitter.eventNames().reduce((count, name) => count + emitter.listenerCount(name), 0),
      0,
    ),
    loads: cacheNamed("default").loads.size + pending(),
  };
}

/** The coordinator breaks connections meanwhile. */
function acknowledged(): Promise<void> {
  return new Promise((resolve) => process.once("message", () => resolve()));
}

process.once("message", (config: SoakConfig) => void soak(config));
process.on("disconnect", () => process.exit(1));

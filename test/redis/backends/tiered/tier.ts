import test, { type ExecutionContext } from "ava";
import type { Redis, RedisOptions } from "ioredis";
import type { ReadOptions, Values } from "../../../../runtime/backends/backend";
import {
  MemoryBackend,
  type MemoryBackendOptions,
} from "../../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../../runtime/backends/redis/redis-backend";
import type { TierState } from "../../../../runtime/backends/tiered/streams";
import {
  TieredBackend,
  type TieredBackendOptions,
} from "../../../../runtime/backends/tiered/tiered-backend";
import * as proof from "../../../support/proven";
import { type RedisServer, startRedis, until } from "../../../support/redis";

/** Reads that ask for memory. */
export const minute = { memoryMs: 60_000 };

/**
 * Starts a Redis for the tests of a file. Returns a function for the server, and one that starts a
 * tier in front of it.
 */
export function useRedis() {
  let server: RedisServer;
  test.before(async () => void (server = await startRedis()));
  test.after.always(() => server?.stop());
  return {
    redis: (): RedisServer => server,
    startTier: (
      t: ExecutionContext,
      options: TieredBackendOptions = {},
      setting: Partial<Setting> = {},
    ) => startTier(t, options, { server, ...setting }),
  };
}

export interface Tier {
  readonly backend: TieredBackend;
  readonly memory: MemoryBackend;
  readonly client: Redis;
  readonly states: TierState[];
  readonly causes: string[];
  /** Returns the number of GETs and MGETs since the last call. */
  takeReads(): number;
  /** Resolves when every answer so far has been kept, or will not be. */
  settled(): Promise<void>;
  /** Reads, and waits until the answer is settled. */
  read(keys: readonly string[], options?: ReadOptions): Promise<Values>;
}

export function createTier(
  client: Redis,
  options: TieredBackendOptions = {},
  bounds: MemoryBackendOptions = {},
): Tier {
  const memory = new MemoryBackend(bounds);
  const states: TierState[] = [];
  const causes: string[] = [];
  let reads = 0;
  const sendCommand = client.sendCommand;
  client.sendCommand = function (...args) {
    if (["get", "mget"].includes(args[0].name)) reads++;
    return sendCommand.apply(this, args);
  };
  const backend = new TieredBackend(memory, new RedisBackend(client), {
    onStateChange: (state, cause) => {
      states.push(state);
      if (cause) causes.push(cause.message);
    },
    ...options,
  });
  const takeReads = (): number => {
    const taken = reads;
    reads = 0;
    return taken;
  };
  const settled = (): Promise<void> =>
    until("nothing is under way", async () => backend.pendingReads === 0);
  return {
    backend,
    memory,
    client,
    states,
    causes,
    takeReads,
    settled,
    async read(keys, readOptions) {
      const values = await backend.read(keys, readOptions);
      await settled();
      return values;
    },
  };
}

interface Setting {
  readonly server: RedisServer;
  readonly client?: RedisOptions;
  /** The tier uses this client instead of its own. */
  readonly given?: Redis;
  readonly memory?: MemoryBackendOptions;
}

/** Starts a tier, with another client. The tier is live, and closed after the test. */
async function startTier(
  t: ExecutionContext,
  options: TieredBackendOptions,
  { server, client = {}, given, memory = {} }: Setting,
) {
  const made = given ?? server.client(client);
  const tier = createTier(made, options, memory);
  const other = server.client();
  t.teardown(() => {
    tier.backend.close();
    made.disconnect();
    other.disconnect();
  });
  await other.flushall();
  await live(tier);
  const proven = (): Promise<void> => proof.proven(tier.backend, other);
  return {
    ...tier,
    other,
    /** Carries out the change and waits until the key is gone from memory. */
    async invalidated(key: string, change: () => Promise<unknown>): Promise<void> {
      await change();
      await until(`"${key}" is gone from memory`, async () => tier.memory.recall(key) === null);
    },
    /**
     * Calls until Redis isn't asked any more. The reports of what a load has written may come after
     * the answer to the next read.
     */
    async unread(call: () => Promise<unknown>): Promise<void> {
      await until("it is read from memory", async () => {
        await call();
        await proven();
        await call();
        await tier.settled();
        tier.takeReads();
        await call();
        return tier.takeReads() === 0;
      });
    },
    /** Waits until every invalidation that was acknowledged before the call has arrived. */
    proven,
  };
}

export const live = (tier: Tier): Promise<void> =>
  until("the tier is live", async () => tier.backend.state === "live");

/** Reads until memory has the key, and forgets how often Redis was asked. */
export async function fill(tier: Tier, key: string): Promise<void> {
  await proof.fill(tier.backend, [key]);
  tier.takeReads();
}

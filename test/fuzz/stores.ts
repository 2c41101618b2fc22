import { Redis } from "ioredis";
import { MemoryBackend } from "../../runtime/backends/memory-backend";
import { RedisBackend } from "../../runtime/backends/redis/redis-backend";
import { FakeClock } from "../../runtime/testing/fake-clock";
import { type Store } from "./cached-subjects";

const ttlMs = 60_000;

export function memoryStore(): Store {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock, maxEntries: 1_000, maxBytes: 4_000_000 });
  return {
    name: "memory",
    backend,
    clock,
    weight: 1,
    // Each look at a lease that bytes only claim takes memory, for which the bytes are not to
    // blame.
    lease: "100ms",
    async put(key, bytes) {
      const token = "77777777";
      // A delete leaves a hold.
      backend.forget(key);
      await backend.acquire([{ key, token, leaseMs: ttlMs, seenId: null, force: true }]);
      await backend.write([{ key, token, bytes, ttlMs, versionKeys: [] }]);
    },
    async settle(promise) {
      let isSettled = false;
      const done = promise.finally(() => (isSettled = true));
      done.catch(() => {});
      // Nothing waits for longer than a lease and the pauses between two looks at it.
      for (let i = 0; i < 20 && !isSettled; i++) await clock.advance(i === 0 ? 0 : 200);
      if (!isSettled) throw new Error("The call does not come to an end.");
      return done;
    },
  };
}

export function redisStore(url: string): { readonly store: Store; close(): void } {
  const client = new Redis(url);
  const store: Store = {
    name: "redis",
    backend: new RedisBackend(client),
    weight: 0.1,
    lease: "20ms",
    put: async (key, bytes) => void (await client.set(key, bytes, "PX", ttlMs)),
    settle: async (promise) => promise,
  };
  return { store, close: () => client.disconnect() };
}

import type { ExecutionContext } from "ava";
import type { Backend } from "../../runtime/backends/backend";
import { wrap } from "../../runtime/calls/cached-function";
import { cacheNamed, configure, type Options } from "../../runtime/cache/configure";
import type { CacheEvent } from "../../runtime/events";
import { MemoryBackend } from "../../runtime/backends/memory-backend";
import type { Plan } from "../../runtime/plan";
import { invalidateTag } from "../../runtime/transactions/invalidate";
import { FakeClock } from "../../runtime/testing/fake-clock";
import { describeEvent } from "../../runtime/testing";
import { FaultyBackend } from "../../runtime/testing/faulty-backend";
import { keyOver } from "./templates";

type Loader<A extends unknown[], R> = (...args: A) => Promise<R>;

/** A cache for one test, with what happened in it. */
export interface TestCache {
  readonly name: string;
  readonly clock: FakeClock;
  readonly backend: FaultyBackend;
  readonly events: CacheEvent[];
  /**
   * Returns what has happened since the last time, such as `["miss f|5", "load f|5", "store f|5"]`.
   */
  takeTrace(): string[];
  /** Makes a cached function as emitted code does, with the default key of all its arguments. */
  wrap<A extends unknown[], R>(plan: Partial<Plan>, loader: Loader<A, R>): Loader<A, R>;
  /** Does the same, and counts the runs of the loader. */
  count<A extends unknown[], R>(
    plan: Partial<Plan>,
    loader: Loader<A, R>,
  ): Loader<A, R> & { readonly loads: A[] };
  invalidateTag(tag: string): Promise<void>;
  idle(): Promise<void>;
  /** Configures the cache again, with the same backend, clock and listener. */
  configure(options: Options): void;
  /** Returns the stored bytes as text, or null if there are none. */
  peek(key: string): Promise<string | null>;
  /** Stores bytes without following the protocol. */
  put(key: string, bytes: Buffer, ttlMs?: number): Promise<void>;
}

export interface TestCacheOptions extends Omit<Options, "backend" | "clock" | "onEvent"> {
  /** The backend behind the recording one. @defaultValue a `MemoryBackend` on the test's clock */
  inner?: Backend;
  /** True puts the guard in front of it. */
  remote?: boolean;
  clock?: FakeClock;
}

let count = 0;
const longMs = 400 * 24 * 3_600_000;

/** Configures a cache, and checks after the test that nothing of it is left. */
export function createCache(t: ExecutionContext, options: TestCacheOptions = {}): TestCache {
  const { inner, remote = false, clock = new FakeClock(), ...rest } = options;
  const name = `test ${++count}`;
  const store = inner ?? new MemoryBackend({ clock });
  const backend = new FaultyBackend(store, { name: "store", remote });
  const events: CacheEvent[] = [];
  let told = 0;
  const configureAgain = (further: Options): void =>
    configure(name, {
      backend,
      clock,
      jitter: 0,
      onEvent: (event) => events.push(event),
      ...rest,
      ...further,
    });
  configureAgain({});

  const cache: TestCache = {
    name,
    clock,
    backend,
    events,
    takeTrace() {
      const fresh = events.slice(told).map(describeEvent);
      told = events.length;
      return fresh;
    },
    wrap(plan, loader) {
      const whole: Plan = { name: "f", key: keyOver((...args) => args), cache: name, ...plan };
      return wrap(() => whole, loader as never, whole.name) as never;
    },
    count(plan, loader) {
      const loads: Parameters<typeof loader>[] = [];
      const counting = function (this: unknown, ...args: Parameters<typeof loader>) {
        loads.push(args);
        return loader.apply(this, args);
      };
      return Object.assign(cache.wrap(plan, counting as never), { loads }) as never;
    },
    invalidateTag: (tag) => invalidateTag(cacheNamed(name), tag),
    idle: () => cacheNamed(name).idle(),
    configure: configureAgain,
    peek: async (key) => (await store.read([key]))[0]?.toString() ?? null,
    async put(key, bytes, ttlMs = 60_000) {
      const token = "77777777";
      await store.delete([key]);
      await store.acquire([{ key, token, leaseMs: ttlMs, seenId: null, force: true }]);
      await store.write([{ key, token, bytes, ttlMs, versionKeys: [] }]);
    },
  };
  t.teardown(() => checkRest(cache, store, remote));
  return cache;
}

/** What has not ended after this time, on the busiest machine, never ends. */
const hangsMs = 30_000;

/**
 * Checks that no load is under way, that no timer is set but the guard's one, and that every stored
 * key expires.
 */
async function checkRest(cache: TestCache, store: Backend, remote: boolean): Promise<void> {
  await cache.clock.advance(0);
  const late = new Promise((resolve) => setTimeout(resolve, hangsMs, "late").unref());
  if ((await Promise.race([cache.idle(), late])) === "late")
    throw new Error("A load or a write is still under way.");
  if (cacheNamed(cache.name).loads.size > 0) throw new Error("A load was not removed.");
  if (cache.clock.pending > (remote ? 1 : 0))
    throw new Error(`${cache.clock.pending} timers are still set.`);
  if (!(store instanceof MemoryBackend)) return;
  const keys = cache.backend.allKeys;
  const now = cache.clock.now();
  cache.clock.set(now + longMs);
  const left = (await store.read(keys)).filter((bytes) => bytes !== null);
  cache.clock.set(now);
  if (left.length > 0) throw new Error(`${left.length} keys do not expire.`);
}

/** Returns a promise and the functions that settle it. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** Resolves when all promise jobs that are ready have run, and those that they have started. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
}

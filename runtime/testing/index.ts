/**
 * `zcache/testing`: time, faults and events for tests of code that is cached.
 */
// What a program uses, too, is taken from where a program has it: there must be one of each.
import { type CacheEvent, ConfigError, idle, resetStats, subscribe } from "../index";
import { registry } from "../cache/registry";

export { FakeClock } from "./fake-clock";
export { type BackendCall, FaultyBackend, type Hold, type Operation } from "./faulty-backend";

/** What has happened since it was made. */
export interface EventRecord {
  /** In their order. */
  readonly events: readonly CacheEvent[];
  /** The events since the last time, each as a line: `"miss shop.getUser|5"`, `"invalidate tag user:5"`. */
  take(): string[];
  /** Hears no more. */
  stop(): void;
}

/**
 * Records what happens, in one cache or in all.
 *
 * @param options.cache name of the cache; all caches if left out
 * @example
 * const record = recordEvents();
 * await getUser(5);
 * assert.deepEqual(record.take(), ["miss shop.getUser|5", "load shop.getUser|5", "store shop.getUser|5"]);
 * record.stop();
 */
export function recordEvents(options: { cache?: string } = {}): EventRecord {
  const events: CacheEvent[] = [];
  let taken = 0;
  const stop = subscribe((event) => events.push(event), options);
  return {
    events,
    take() {
      const lines = events.slice(taken).map(describeEvent);
      taken = events.length;
      return lines;
    },
    stop,
  };
}

/** An event as a line: its type, and what it is about. */
export function describeEvent(event: CacheEvent): string {
  switch (event.type) {
    case "fault":
      return `fault ${event.operation} ${event.keys.join(" ")}`;
    case "error":
      return `error ${event.keys.join(" ")}`;
    case "breaker":
      return `breaker ${event.state}`;
    case "flush":
      return "flush";
    case "diverged":
      return `diverged ${event.verdict} ${event.key}${event.path === "" ? "" : ` ${event.path}`}`;
    case "transaction":
      return `transaction ${event.what} ${event.keys.join(" ")}`;
    case "invalidate":
      return "tag" in event ? `invalidate tag ${event.tag}` : `invalidate ${event.key}`;
    default:
      return `${event.type} ${event.key}`;
  }
}

/**
 * Between two tests: waits until nothing is under way, then empties every cache and begins to count
 * anew. For caches in memory; one in Redis is yours to empty.
 *
 * @throws ConfigError for a cache whose backend can't be emptied
 * @example afterEach(() => clearCaches())
 */
export async function clearCaches(): Promise<void> {
  await idle();
  for (const { name, settings } of registry.caches.values()) {
    const backend = settings.backend as { clear?: () => void };
    if (typeof backend.clear !== "function") {
      throw new ConfigError(
        `The cache "${name}" is kept by ${settings.backend.name}, which clearCaches can't empty. Give it a MemoryBackend in tests.`,
      );
    }
    backend.clear();
  }
  resetStats();
}

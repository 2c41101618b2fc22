/** `zcache/testing` provides time, faults and events for tests of cached code. */
// What a program uses as well is imported from the same place, because there must be one copy of
// each.
import { type CacheEvent, ConfigError, idle, resetStats, subscribe } from "../index";
import { registry } from "../cache/registry";
import { mistakeInOptions } from "../check-options";
import { optionsAt } from "../options";

export { backendContract, type BackendSubject, type ContractCase } from "./backend-contract";
export { FakeClock } from "./fake-clock";
export { type BackendCall, FaultyBackend, type Hold, type Operation } from "./faulty-backend";

/** The events since the record was made. */
export interface EventRecord {
  /** The events in their order. */
  readonly events: readonly CacheEvent[];
  /**
   * Returns the events since the last time, each as a line: `"miss shop.getUser|5"`, `"invalidate
   * tag user:5"`.
   */
  take(): string[];
  /** Ends the recording. */
  stop(): void;
}

/**
 * Records the events of one cache or of all.
 *
 * @param options.cache name of the cache; all caches if left out
 * @throws ConfigError for an option that does not exist or has an impossible value
 * @example
 * const record = recordEvents();
 * await getUser(5);
 * assert.deepEqual(record.take(), [
 *   "miss shop.getUser|5",
 *   "load shop.getUser|5",
 *   "store shop.getUser|5",
 * ]);
 * record.stop();
 */
export function recordEvents(options: { cache?: string } = {}): EventRecord {
  const mistake = mistakeInOptions("recordEvents", optionsAt("recordEvents"), options);
  if (mistake !== null) throw new ConfigError(mistake);
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

/** Describes an event in one line: its type, and what it is about. */
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
    case "replay":
      return `replay ${event.keys.join(" ")}`;
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
 * Separates two tests: waits until nothing is under way, then empties every cache and resets the
 * counters. It is for caches in memory; a cache in Redis is yours to empty.
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

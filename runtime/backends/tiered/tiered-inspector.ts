import { type Inspector, type MemoryUse, type ScanStep, type TierUse } from "../inspector";
import { type Streams } from "./streams";

/** Inspects the Redis behind a memory tier, and reports the state of the tier. */
export class TieredInspector implements Inspector {
  readonly #redis: Inspector;
  readonly #memory: Inspector;
  readonly #streams: Streams;

  constructor(redis: Inspector, memory: Inspector, streams: Streams) {
    this.#redis = redis;
    this.#memory = memory;
    this.#streams = streams;
  }

  ttl(key: string): Promise<number | null> {
    return this.#redis.ttl(key);
  }

  scan(cursor: string | null, prefix: string, count: number): Promise<ScanStep> {
    return this.#redis.scan(cursor, prefix, count);
  }

  keyCount(): Promise<number | null> {
    return this.#redis.keyCount();
  }

  putReport(process: string, report: string, ttlMs: number): Promise<void> {
    return this.#redis.putReport(process, report, ttlMs);
  }

  reports(): Promise<ReadonlyMap<string, string>> {
    return this.#redis.reports();
  }

  memory(): MemoryUse {
    return this.#memory.memory?.() ?? { entries: 0, bytes: 0, maxBytes: 0 };
  }

  tier(): TierUse {
    const { state, lagMs } = this.#streams;
    return { state, lagMs };
  }
}

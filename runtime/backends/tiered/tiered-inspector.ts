import { type Inspector, type MemoryUse, type ScanStep, type TierUse } from "../inspector";
import { type InvalidationStream } from "./invalidation-stream";

/** Looks into the Redis behind a memory tier, and says how the tier is. */
export class TieredInspector implements Inspector {
  readonly #redis: Inspector;
  readonly #memory: Inspector;
  readonly #stream: InvalidationStream;

  constructor(redis: Inspector, memory: Inspector, stream: InvalidationStream) {
    this.#redis = redis;
    this.#memory = memory;
    this.#stream = stream;
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
    return { state: this.#stream.isLive() ? "live" : "bypassed", lagMs: this.#stream.lagMs };
  }
}

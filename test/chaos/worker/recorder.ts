import { monitorEventLoopDelay } from "node:perf_hooks";
import type { CacheEvent } from "../../../runtime/events";
import type { Read, Write } from "../history";
import { monotonicMs } from "../monotonic";
import type { Report } from "../protocol";

/** Hits that follow each other faster than this say nothing new about when Redis was back. */
const hitResolutionMs = 5;
const resolution = 10;

/** Collects what this process has to report, until it is taken. */
export class Recorder {
  faults = 0;
  readonly #probeKeys: ReadonlySet<string> | null;
  readonly #delay = monitorEventLoopDelay({ resolution });
  #reads: Read[] = [];
  #writes: Write[] = [];
  #errors: string[] = [];
  #strangers: string[] = [];
  #hitTimes: number[] = [];
  #refused = 0;
  #hits = 0;
  #drops = 0;
  #toldFaults = 0;

  constructor(probeKeys: readonly string[] | null) {
    this.#probeKeys = probeKeys && new Set(probeKeys);
    this.#delay.enable();
  }

  hear(event: CacheEvent): void {
    if (event.type === "fault") this.faults++;
    else if (event.type === "drop") this.#drops++;
    else if (event.type === "hit") {
      this.#hits++;
      if (this.#probeKeys && !this.#probeKeys.has(event.key)) return;
      const now = monotonicMs();
      if (now - (this.#hitTimes.at(-1) ?? 0) >= hitResolutionMs) this.#hitTimes.push(now);
    }
  }

  read(read: Read): void {
    this.#reads.push(read);
  }

  write(write: Write): void {
    this.#writes.push(write);
  }

  refused(): void {
    this.#refused++;
  }

  error(what: string, error: unknown): void {
    this.#errors.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
  }

  /** A loader has run in the context of a caller that had not asked for what it loads. */
  stranger(text: string): void {
    this.#strangers.push(text);
  }

  take(): Report {
    const report: Report = {
      ...{
        reads: this.#reads,
        writes: this.#writes,
        errors: this.#errors,
        hitTimes: this.#hitTimes,
      },
      strangers: this.#strangers,
      ...{
        refused: this.#refused,
        hits: this.#hits,
        drops: this.#drops,
        faults: this.faults - this.#toldFaults,
      },
      heapBytes: process.memoryUsage().heapUsed,
      stallMs: Math.max(0, this.#delay.max / 1e6 - resolution),
    };
    this.#delay.reset();
    [this.#reads, this.#writes, this.#errors, this.#strangers, this.#hitTimes] = [
      [],
      [],
      [],
      [],
      [],
    ];
    [this.#refused, this.#hits, this.#drops, this.#toldFaults] = [0, 0, 0, this.faults];
    return report;
  }

  stop(): void {
    this.#delay.disable();
  }
}

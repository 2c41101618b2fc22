import { type Counters, createCounters } from "../cache/counters";
import { type Latency } from "../cache/latency";
import { DistinctCount } from "./distinct-count";
import { Distribution } from "./distribution";
import { HottestKeys } from "./hottest-keys";
import { ageBounds, type FunctionReport, type MissReason } from "./report";

/**
 * What is known about one annotated function. Its size doesn't depend on how many calls and keys
 * there were.
 */
export class FunctionRecord {
  readonly keys = new DistinctCount();
  readonly hottest = new HottestKeys();
  readonly hits = new Distribution();
  readonly loads = new Distribution();
  readonly sizes = new Distribution();
  readonly reloads = { same: 0, changed: 0 };
  readonly #missReasons = new Map<MissReason, number>();
  readonly #hitsByAge: number[] = [...ageBounds, Infinity].map(() => 0);
  /** The counts from before `resetStats` began at 0 again. */
  readonly #before = createCounters();
  #loadMs = 0;
  #timedLoads = 0;

  constructor(
    readonly name: string,
    readonly cache: string,
  ) {}

  /** @param weight the number of calls that this one represents */
  seen(key: string, weight: number): void {
    // A key that the sketch counts was seen before.
    if (!this.hottest.add(key, weight)) this.keys.add(key);
  }

  missed(reason: MissReason): void {
    this.#missReasons.set(reason, (this.#missReasons.get(reason) ?? 0) + 1);
  }

  hitAtAge(ms: number, weight: number): void {
    const found = ageBounds.findIndex((bound) => ms < bound);
    const index = found === -1 ? ageBounds.length : found;
    this.#hitsByAge[index] = (this.#hitsByAge[index] as number) + weight;
  }

  /** Records that a run of the loader for this many keys took this long. */
  loaded(count: number, ms: number): void {
    this.loads.add(ms);
    this.#loadMs += ms;
    this.#timedLoads += count;
  }

  reset(counters: Readonly<Counters>): void {
    for (const what of Object.keys(this.#before) as (keyof Counters)[])
      this.#before[what] += counters[what];
  }

  report(counters: Readonly<Counters>, mostKeys: number): FunctionReport {
    const { name, cache, sizes } = this;
    const counts = createCounters();
    for (const what of Object.keys(counts) as (keyof Counters)[])
      counts[what] = this.#before[what] + counters[what];
    return {
      name,
      cache,
      counts: { ...counts, loadMs: rounded(this.#loadMs), timedLoads: this.#timedLoads },
      hits: latencyOf(this.hits),
      loads: latencyOf(this.loads),
      sizes:
        sizes.count === 0
          ? null
          : {
              p50: Math.round(sizes.quantile(0.5)),
              p99: Math.round(sizes.quantile(0.99)),
              max: sizes.max,
            },
      hottest: this.hottest.top(mostKeys),
      keys: this.keys.estimate(),
      reloads: { ...this.reloads },
      hitsByAge: [...this.#hitsByAge],
      missReasons: Object.fromEntries(this.#missReasons),
    };
  }
}

function latencyOf(times: Distribution): Latency | null {
  if (times.count === 0) return null;
  return {
    count: times.count,
    mean: rounded(times.mean),
    p50: rounded(times.quantile(0.5)),
    p90: rounded(times.quantile(0.9)),
    p99: rounded(times.quantile(0.99)),
    max: rounded(times.max),
  };
}

/** Rounds to microseconds, because more digits would only make reports longer. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

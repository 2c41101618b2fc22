import { type RecordableHistogram } from "node:perf_hooks";
import { type Counters, createCounters } from "./counters";
import { type Latency } from "./latency";
import { registry } from "./registry";
import { confidence, ninesOf, upperBound } from "./stale-bound";

/**
 * The counters of one annotated function in this process, since it started or since `resetStats`.
 */
export interface FunctionStats extends Readonly<Counters> {
  /** Hits and stale hits divided by all lookups; 0 if there were none. */
  readonly hitRate: number;
  /**
   * An upper bound on the rate of stale reads, with a confidence of 95 %, according to the hits
   * that were verified: docs/verify.md. It is null while no hit was verified.
   */
  readonly staleBound: number | null;
  /** The same bound as the number of nines of fresh reads: 3 for a bound of 0.001. */
  readonly freshNines: number | null;
  /**
   * Latency of calls that ran no loader of their own. Null unless `configure({ measure: true })` is
   * set and there was one.
   */
  readonly cached: Latency | null;
  /** Latency of calls that ran a loader. */
  readonly loaded: Latency | null;
}

export interface Stats {
  /** The counters by `module.Class.function`. */
  readonly functions: Readonly<Record<string, FunctionStats>>;
  readonly total: Readonly<Counters> & Pick<FunctionStats, "hitRate" | "staleBound" | "freshNines">;
  /** Returns one line for a log. */
  toString(): string;
}

/** Returns the counters of all annotated functions of this process. */
export function stats(): Stats {
  const functions: Record<string, FunctionStats> = {};
  const sum = createCounters();
  for (const [name, { counters, latencies }] of registry.accounts) {
    functions[name] = {
      ...counters,
      hitRate: hitRate(counters),
      ...freshnessOf(counters),
      cached: latencies && summarize(latencies.cached),
      loaded: latencies && summarize(latencies.loaded),
    };
    for (const what of Object.keys(sum) as (keyof Counters)[]) sum[what] += counters[what];
  }
  const total = { ...sum, hitRate: hitRate(sum), ...freshnessOf(sum) };
  return { functions, total, toString: () => describe(total, Object.keys(functions).length) };
}

/** Resets the counters. */
export function resetStats(): void {
  for (const [name, account] of registry.accounts) {
    registry.observer?.reset(name, account.counters);
    account.counters = createCounters();
    account.latencies = null;
  }
}

function hitRate({ hit, stale, miss }: Counters): number {
  const all = hit + stale + miss;
  return all === 0 ? 0 : (hit + stale) / all;
}

function freshnessOf({
  verified,
  diverged,
}: Counters): Pick<FunctionStats, "staleBound" | "freshNines"> {
  const staleBound = upperBound(verified, diverged);
  return { staleBound, freshNines: ninesOf(staleBound) };
}

function summarize(histogram: RecordableHistogram): Latency | null {
  if (histogram.count === 0) return null;
  const ms = (nanoseconds: number): number => nanoseconds / 1e6;
  return {
    count: histogram.count,
    mean: ms(histogram.mean),
    p50: ms(histogram.percentile(50)),
    p90: ms(histogram.percentile(90)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
  };
}

function describe(total: Stats["total"], functions: number): string {
  const { hit, stale, miss, share, load, error, unusable, hitRate: rate } = total;
  const counts = `${hit} hits, ${stale} stale, ${miss} misses, ${share} shared, ${load} loads, ${error} errors`;
  const hits = `hit rate ${(100 * rate).toFixed(1)} %`;
  return `zcache: ${functions} functions, ${counts}, ${unusable} unusable (${hits}${describeVerified(total)})`;
}

function describeVerified({ verified, staleBound, freshNines }: Stats["total"]): string {
  if (staleBound === null || freshNines === null) return "";
  const bound = `at most ${(100 * staleBound).toPrecision(2)} % of hits stale, ${freshNines.toFixed(1)} nines`;
  return `; ${verified} verified: ${bound}, with a confidence of ${100 * confidence} %`;
}

import { type RecordableHistogram } from "node:perf_hooks";
import { type Counters } from "./counters";
import { registry } from "./registry";

/** How long calls took, in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What happened to one annotated function in this process, since it started or since `resetStats`. */
export interface FunctionStats extends Readonly<Counters> {
  /** hits and stale hits among all that was looked up; 0 where nothing was. */
  readonly hitRate: number;
  /** Of calls that ran no loader of their own; null unless `configure({ measure: true })` and there was one. */
  readonly cached: Latency | null;
  /** Of calls that did. */
  readonly loaded: Latency | null;
}

export interface Stats {
  /** By `module.Class.function`. */
  readonly functions: Readonly<Record<string, FunctionStats>>;
  readonly total: Readonly<Counters> & { readonly hitRate: number };
  /** One line for a log. */
  toString(): string;
}

/** What all annotated functions of this process have done so far. */
export function stats(): Stats {
  const functions: Record<string, FunctionStats> = {};
  const sum: Record<string, number> = {};
  for (const [name, { counters, latencies }] of registry.accounts) {
    const cached = latencies && summarize(latencies.cached);
    functions[name] = {
      ...counters,
      hitRate: hitRate(counters),
      cached,
      loaded: latencies && summarize(latencies.other),
    };
    for (const [what, times] of Object.entries(counters)) sum[what] = (sum[what] ?? 0) + times;
  }
  const counters = sum as Counters;
  const total = { ...counters, hitRate: hitRate(counters) };
  return { functions, total, toString: () => describe(total, Object.keys(functions).length) };
}

/** Begins to count anew. */
export function resetStats(): void {
  for (const account of registry.accounts.values()) {
    for (const what of Object.keys(account.counters)) account.counters[what as keyof Counters] = 0;
    account.latencies = null;
  }
}

function hitRate({ hit = 0, stale = 0, miss = 0 }: Partial<Counters>): number {
  const all = hit + stale + miss;
  return all === 0 ? 0 : (hit + stale) / all;
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
  const { hit = 0, stale = 0, miss = 0, share = 0, load = 0, error = 0, unusable = 0 } = total as Partial<Counters>;
  const parts = [
    `${functions} functions`,
    `${hit} hits`,
    `${stale} stale`,
    `${miss} misses`,
    `${share} shared`,
    `${load} loads`,
    `${error} errors`,
    `${unusable} unusable`,
  ];
  return `zcache: ${parts.join(", ")} (hit rate ${(100 * total.hitRate).toFixed(1)} %)`;
}

/**
 * `zcache/prometheus` reports what annotated functions did, for Prometheus to scrape. It needs no
 * client library, and its output can be combined with that of one.
 */
import { type FunctionStats, stats } from "../index";

/** The value of the Content-Type header for `prometheusMetrics`. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

const outcomes = ["hit", "stale", "miss"] as const;
const counters = [
  ["share", "zcache_shared_total", "Calls that got the value of a load that another caller began."],
  ["load", "zcache_loads_total", "Runs of the function itself, by key."],
  ["error", "zcache_load_errors_total", "Runs that failed or were too late."],
  ["store", "zcache_stored_total", "Values stored."],
  [
    "drop",
    "zcache_dropped_total",
    "Values not stored because they were invalidated while they were loaded.",
  ],
  ["skip", "zcache_skipped_total", "Values not stored because of `when` or their own ttl."],
  ["invalidate", "zcache_invalidated_total", "Invalidations by key."],
  ["unusable", "zcache_unusable_total", "Stored bytes, or values, that could not be used."],
  ["readBytes", "zcache_read_bytes_total", "Bytes of payloads that were returned."],
  ["storedBytes", "zcache_stored_bytes_total", "Bytes that were stored."],
  ["verified", "zcache_verified_total", "Hits that were compared with what the function returns."],
  ["diverged", "zcache_diverged_total", "Those of them that differed, and still did after a lag."],
] as const satisfies readonly (readonly [keyof FunctionStats, string, string])[];

const gauges = [
  [
    "staleBound",
    "zcache_stale_reads_bound",
    "An upper bound on the rate of stale reads, from the hits that were verified.",
  ],
  ["freshNines", "zcache_fresh_reads_nines", "The same bound as a number of nines of fresh reads."],
] as const satisfies readonly (readonly [keyof FunctionStats, string, string])[];

/**
 * Returns the counters of all annotated functions of this process in Prometheus' text format 0.0.4,
 * with one series for each function. With `configure({ measure: true })` it also returns how long
 * calls took, as summaries.
 *
 * @example
 * response.setHeader("Content-Type", prometheusContentType);
 * response.end(prometheusMetrics());
 */
export function prometheusMetrics(): string {
  const functions = Object.entries(stats().functions);
  const lines = [
    ...describe("zcache_lookups_total", "counter", "Lookups by what they found."),
    ...functions.flatMap(([name, one]) =>
      outcomes.map((outcome) =>
        line("zcache_lookups_total", { function: name, outcome }, one[outcome]),
      ),
    ),
    ...counters.flatMap(([counter, metric, help]) => [
      ...describe(metric, "counter", help),
      ...functions.map(([name, one]) => line(metric, { function: name }, one[counter])),
    ]),
    ...gauges.flatMap(([gauge, metric, help]) => [
      ...describe(metric, "gauge", help),
      ...functions.flatMap(([name, one]) => {
        const value = one[gauge];
        return value === null ? [] : [line(metric, { function: name, confidence: "0.95" }, value)];
      }),
    ]),
    ...describe("zcache_call_seconds", "summary", "How long calls took, while that is measured."),
    ...functions.flatMap(([name, one]) => [
      ...latencyLines(name, "true", one.cached),
      ...latencyLines(name, "false", one.loaded),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function latencyLines(
  name: string,
  cached: "true" | "false",
  latency: FunctionStats["cached"],
): string[] {
  if (!latency) return [];
  const labels = { function: name, cached };
  const quantile = (text: string, ms: number): string =>
    line("zcache_call_seconds", { ...labels, quantile: text }, ms / 1_000);
  return [
    quantile("0.5", latency.p50),
    quantile("0.9", latency.p90),
    quantile("0.99", latency.p99),
    line("zcache_call_seconds_sum", labels, (latency.mean * latency.count) / 1_000),
    line("zcache_call_seconds_count", labels, latency.count),
  ];
}

function describe(metric: string, type: "counter" | "gauge" | "summary", help: string): string[] {
  return [`# HELP ${metric} ${help}`, `# TYPE ${metric} ${type}`];
}

function line(metric: string, labels: Readonly<Record<string, string>>, value: number): string {
  const escape = (text: string): string =>
    text.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
  const shown = Object.entries(labels).map(([name, text]) => `${name}="${escape(text)}"`);
  return `${metric}{${shown.join(",")}} ${value}`;
}

import { findFailures, type Outcome } from "./run-scenario";

/** Summarises all runs of one scenario. */
export interface Summary {
  readonly scenario: string;
  runs: number;
  calls: number;
  hits: number;
  loads: number;
  invalidations: number;
  /** The number of invalidations that rejected, as they must if they could not be carried out. */
  refused: number;
  faults: number;
  cellsRead: number;
  stale: number;
  lost: number;
  errors: number;
  longestLagMs: number;
  heapBytes: number;
  readonly latenciesMs: number[];
  readonly recoveriesMs: number[];
  readonly failures: string[];
}

export function summarize(scenario: string): Summary {
  return {
    ...{ scenario, runs: 0, calls: 0, hits: 0, loads: 0, invalidations: 0, refused: 0, faults: 0 },
    ...{ cellsRead: 0, stale: 0, lost: 0, errors: 0, longestLagMs: 0, heapBytes: 0 },
    ...{ latenciesMs: [], recoveriesMs: [], failures: [] },
  };
}

export function add(summary: Summary, outcome: Outcome): void {
  const { tally, verdict } = outcome;
  summary.runs++;
  summary.calls += tally.reads.length;
  summary.hits += tally.hits;
  summary.loads += outcome.loads;
  summary.invalidations += tally.writes.length;
  summary.refused += tally.refused;
  summary.faults += outcome.faults;
  summary.cellsRead += verdict.cellsRead;
  summary.stale += verdict.stale.length;
  summary.lost += verdict.lost.length;
  summary.errors += tally.errors.length + tally.troubles.length;
  summary.longestLagMs = Math.max(summary.longestLagMs, verdict.longestLagMs);
  summary.heapBytes = Math.max(summary.heapBytes, tally.heapBytes);
  for (const one of outcome.latenciesMs) summary.latenciesMs.push(one);
  summary.recoveriesMs.push(...outcome.recoveriesMs.filter((one) => one !== null));
  summary.failures.push(...findFailures(outcome));
}

const columns: readonly (readonly [title: string, value: (summary: Summary) => string])[] = [
  ["scenario", ({ scenario }) => scenario],
  ["calls", ({ calls }) => String(calls)],
  ["loads", ({ loads }) => String(loads)],
  ["invalidations", ({ invalidations }) => String(invalidations)],
  ["refused", ({ refused }) => String(refused)],
  ["faults", ({ faults }) => String(faults)],
  ["stale", ({ stale }) => String(stale)],
  ["lost", ({ lost }) => String(lost)],
  ["errors", ({ errors }) => String(errors)],
  ["p99 ms", ({ latenciesMs }) => percentile(latenciesMs, 0.99)],
  ["worst ms", ({ latenciesMs }) => percentile(latenciesMs, 1)],
  [
    "recovery ms",
    ({ recoveriesMs }) => `${percentile(recoveriesMs, 0.5)} / ${percentile(recoveriesMs, 1)}`,
  ],
  ["heap MB", ({ heapBytes }) => (heapBytes / 1e6).toFixed(0)],
];

/** Prints the summaries in Markdown, so that they can be pasted into a document. */
export function printTable(summaries: readonly Summary[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...summaries.map((summary) => columns.map(([, value]) => value(summary))),
  ];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  const lines = rows.map(
    (row) =>
      `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function percentile(values: readonly number[], share: number): string {
  if (values.length === 0) return "–";
  const sorted = Float64Array.from(values).sort();
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number).toFixed(
    0,
  );
}

import { type VNode } from "preact";
import { useMemo } from "preact/hooks";
import { type Figures, type FunctionRow } from "../../api";
import { formatDuration } from "../format/durations";
import { formatCount } from "../format/numbers";
import { type Column, DataTable } from "./data-table";
import { FunctionName } from "./function-name";
import { HitRate } from "./hit-rate";
import { Text } from "./text";

/**
 * A first call always misses, so the rate of few calls says nothing. Functions with few calls come
 * last.
 */
const enoughCalls = 5;

const columns: readonly Column<FunctionRow>[] = [
  {
    title: "Function",
    cell: ({ name, label }, tabIndex) => (
      <FunctionName name={name} label={label} tabIndex={tabIndex} />
    ),
    sortBy: ({ label }) => label,
  },
  {
    title: "Hit rate",
    cell: ({ figures }) => <HitRate rate={figures.hitRate} />,
    isNumber: true,
    sortBy: ({ figures }) => (figures.calls < enoughCalls ? null : figures.hitRate),
  },
  {
    title: "Why",
    cell: ({ advice, figures }) =>
      advice ? <Text value={advice.text} max={140} /> : <NoAdvice figures={figures} />,
  },
  {
    title: "Calls",
    cell: ({ figures }) => formatCount(figures.calls),
    isNumber: true,
    sortBy: ({ figures }) => figures.calls,
    largestFirst: true,
  },
  {
    title: "Loads",
    cell: ({ figures }) => formatCount(figures.loads),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ figures }) => figures.loads,
    largestFirst: true,
  },
  {
    title: "Load p99",
    cell: ({ loadLatency }) => formatDuration(loadLatency?.p99 ?? null),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ loadLatency }) => loadLatency?.p99 ?? null,
    largestFirst: true,
  },
  {
    title: "Errors",
    cell: ({ figures }) => formatCount(figures.errors),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ figures }) => figures.errors,
    largestFirst: true,
  },
  {
    title: "Time saved",
    cell: ({ figures }) => formatDuration(figures.savedMs),
    isNumber: true,
    isWideOnly: true,
    sortBy: ({ figures }) => figures.savedMs,
    largestFirst: true,
  },
];

/** The functions that were called, worst first, each with the reason beside it. */
export function WorstFunctions({
  functions,
}: {
  readonly functions: readonly FunctionRow[];
}): VNode {
  // Among functions with the same rate, the one that is called most is worst.
  const rows = useMemo(
    () => functions.toSorted((a, b) => b.figures.calls - a.figures.calls),
    [functions],
  );
  return (
    <DataTable
      caption="Functions by their hit rate"
      columns={columns}
      rows={rows}
      keyOf={({ name }) => name}
      sorting={{ title: "Hit rate", isDown: false }}
      empty="No function has been called in this time."
    />
  );
}

function NoAdvice({ figures: { calls, misses } }: { readonly figures: Figures }): VNode {
  if (calls < enoughCalls) return <span class="quiet">too few calls to judge</span>;
  return <span class="quiet">{misses === 0 ? "no misses" : "no advice: see its misses"}</span>;
}

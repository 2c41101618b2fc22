import { type VNode } from "preact";
import { useMemo } from "preact/hooks";
import { type Figures, type FunctionRow } from "../../api";
import { formatDuration } from "../format/durations";
import { type Column, DataTable } from "./data-table";
import { callsColumn, hitRateColumn, loadColumns, nameColumn } from "./function-columns";
import { Text } from "./text";

/**
 * A first call always misses, so the rate of few calls says nothing. Functions with few calls come
 * last.
 */
const enoughCalls = 5;

const columns: readonly Column<FunctionRow>[] = [
  nameColumn,
  {
    ...hitRateColumn,
    sortBy: ({ figures }) => (figures.calls < enoughCalls ? null : figures.hitRate),
  },
  {
    title: "Why",
    cell: ({ advice, figures }) =>
      advice ? <Text value={advice.text} max={140} /> : <NoAdvice figures={figures} />,
  },
  callsColumn,
  ...loadColumns,
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

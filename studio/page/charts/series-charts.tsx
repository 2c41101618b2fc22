import { type VNode } from "preact";
import { useMemo } from "preact/hooks";
import { type Series } from "../../api";
import { formatDuration } from "../format/durations";
import { formatCount, formatRate } from "../format/numbers";
import { Chart, type ChartSeries } from "./chart";

/**
 * The charts of a series by second: calls by how they were answered, the hit rate, loads, and the
 * time that was saved.
 */
export function SeriesCharts({ series }: { readonly series: Series }): VNode {
  const { time } = series;
  const calls = useMemo<ChartSeries[]>(
    () => [
      { label: "hits", values: series.hits, color: "--hits" },
      { label: "stale", values: series.stale, color: "--stale" },
      { label: "misses", values: series.misses, color: "--misses" },
    ],
    [series],
  );
  const rate = useMemo<ChartSeries[]>(
    () => [{ label: "hit rate", values: ratesOf(series), color: "--hits" }],
    [series],
  );
  const loads = useMemo<ChartSeries[]>(
    () => [
      { label: "loads", values: series.loads, color: "--loads" },
      { label: "shared", values: series.shared, color: "--shared", dash: [6, 3] },
      { label: "errors", values: series.errors, color: "--errors", dash: [2, 2] },
    ],
    [series],
  );
  const saved = useMemo<ChartSeries[]>(
    () => [{ label: "time saved", values: series.savedMs, color: "--saved" }],
    [series],
  );
  return (
    <div class="charts">
      <Chart
        title="Calls by second"
        summary={`${spread(total(series), formatCount)} Of all, ${formatCount(sum(series.hits))} were hits, ${formatCount(sum(series.stale))} stale, ${formatCount(sum(series.misses))} misses.`}
        time={time}
        series={calls}
        kind="stacked"
        format={formatCount}
      />
      <Chart
        title="Hit rate"
        summary={spread(ratesOf(series), formatRate)}
        time={time}
        series={rate}
        kind="lines"
        format={formatRate}
        top={1}
      />
      <Chart
        title="Loads by second"
        summary={`${spread(series.loads, formatCount)} ${formatCount(sum(series.shared))} callers shared a load, ${formatCount(sum(series.errors))} loads failed.`}
        time={time}
        series={loads}
        kind="lines"
        format={formatCount}
      />
      <Chart
        title="Time saved by second"
        summary={spread(series.savedMs, formatDuration)}
        time={time}
        series={saved}
        kind="stacked"
        format={formatDuration}
      />
    </div>
  );
}

function total({ hits, stale, misses }: Series): number[] {
  return hits.map((count, i) => count + (stale[i] ?? 0) + (misses[i] ?? 0));
}

function ratesOf(series: Series): (number | null)[] {
  return total(series).map((calls, i) =>
    calls === 0 ? null : ((series.hits[i] ?? 0) + (series.stale[i] ?? 0)) / calls,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** Returns "Now 12, least 0, most 40, over 300 seconds." */
function spread(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  const now = known.at(-1);
  if (now === undefined) return "Nothing yet.";
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return `Last ${format(now)}, least ${format(least)}, most ${format(most)}, over ${values.length} seconds.`;
}

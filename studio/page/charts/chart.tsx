import { type VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { formatDate } from "../format/times";
import { isDark } from "../stores/theme";
import { ChartTable } from "./chart-table";
import { stackOf } from "./stack";

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** The name of the CSS variable with its colour: `--hits`. */
  readonly color: string;
  readonly dash?: readonly number[];
}

export interface ChartProps {
  readonly title: string;
  /** A sentence that describes the chart, for users who can't see it. */
  readonly summary: string;
  /** Seconds since the epoch. */
  readonly time: readonly number[];
  readonly series: readonly ChartSeries[];
  /** stacked: areas on top of each other, the first at the bottom. */
  readonly kind: "stacked" | "lines";
  readonly format: (value: number) => string;
  /** The top of the axis, if that isn't the largest value. */
  readonly top?: number;
}

const height = 150;

/** A chart over time with a description, and with its numbers as a table on request. */
export function Chart({ title, summary, time, series, kind, format, top }: ChartProps): VNode {
  const canvas = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const dark = isDark.value;
  const data = useMemo(() => dataOf(time, series, kind), [time, series, kind]);
  const shape = series.map(({ label, color }) => `${label} ${color}`).join();

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const created = new uPlot(
      optionsOf(element, { series, kind, format, top, onPoint: setPointed }),
      data,
      element,
    );
    plot.current = created;
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== created.width) created.setSize({ width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
      plot.current = null;
    };
    // A change of the theme or of the series makes a new drawing; a change of the numbers does not.
  }, [dark, shape, kind, format, top]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const shownAt = pointed !== null && pointed < time.length ? pointed : time.length - 1;
  const at = time[shownAt];
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend" aria-hidden="true">
          {series.map(({ label, color, values }) => (
            <li>
              <span class={`swatch ${color.slice(2)}`} />
              {label} <span class="number">{valueText(values[shownAt], format)}</span>
            </li>
          ))}
          <li class="quiet">
            {pointed === null || at === undefined ? "last second" : formatDate(at * 1000)}
          </li>
        </ul>
      </figcaption>
      <div ref={canvas} class="canvas" role="img" aria-label={`${title}. ${summary}`} />
      <ChartTable title={title} time={time} series={series} format={format} />
    </figure>
  );
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}

function dataOf(
  time: readonly number[],
  series: readonly ChartSeries[],
  kind: ChartProps["kind"],
): uPlot.AlignedData {
  const columns = series.map(({ values }) => values);
  // In a stack, the highest series is drawn first and the others over it.
  const drawn =
    kind === "stacked" ? stackOf(columns).reverse() : columns.map((column) => [...column]);
  return [[...time], ...drawn];
}

interface DrawOptions extends Pick<ChartProps, "series" | "kind" | "format"> {
  readonly top: number | undefined;
  readonly onPoint: (index: number | null) => void;
}

function optionsOf(
  element: HTMLElement,
  { series, kind, format, top, onPoint }: DrawOptions,
): uPlot.Options {
  const styles = getComputedStyle(element);
  const colorOf = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colorOf("--quiet"),
    grid: { stroke: colorOf("--line"), width: 1 },
    ticks: { show: false },
    font: `11px ${styles.fontFamily}`,
  };
  const lines = series.map(({ label, color, dash }) => ({
    label,
    stroke: colorOf(color),
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...(dash && { dash: [...dash] }),
    ...(kind === "stacked" && { fill: colorOf(color), width: 0 }),
  }));
  return {
    width: Math.max(100, element.clientWidth),
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === "lines" } },
    padding: [8, 8, 0, 0],
    scales: { y: { range: (_, _min, max) => [0, top ?? Math.max(1, (max ?? 0) * 1.05)] } },
    axes: [
      { ...axis, size: 24, space: 70, values: (_, ticks) => ticks.map(clockOf) },
      { ...axis, size: 56, space: 30, values: (_, ticks) => ticks.map((tick) => format(tick)) },
    ],
    series: [{}, ...(kind === "stacked" ? lines.reverse() : lines)],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

function clockOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

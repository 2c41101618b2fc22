import { type Figures, type FunctionRow, type Overview, type ProcessRow } from "../../studio/api";
import { printable } from "./printable";

const mostFunctions = 30;
const mostProcesses = 20;

/** Prints an overview for a terminal. Names from elsewhere are made printable. */
export function printOverview(overview: Overview, source: string, seconds: number): string {
  const { total, processes, functions, storeTrouble } = overview;
  const span = seconds === 0 ? "since the processes started" : `last ${overview.seconds} s`;
  const lines = [
    `zcache top: ${source}, ${span}`,
    ...(storeTrouble === null ? [] : [`The store can't be asked: ${printable(storeTrouble)}`]),
    `${count(total.calls)} calls, hit rate ${rate(total)}, ${count(total.loads)} loads, ${count(total.shared)} shared, ${count(total.stale)} stale, ${count(total.errors)} errors, ${time(total.savedMs)} saved`,
    "",
    ...table(
      [
        "function",
        "calls",
        "hit rate",
        "loads",
        "errors",
        "hit p50",
        "load p50",
        "saved",
        "advice",
      ],
      functions
        .filter(({ figures }) => figures.calls > 0)
        .slice(0, mostFunctions)
        .map(functionCells),
    ),
    "",
    ...table(
      ["process", "pid", "host", "calls", "hit rate", "breaker", "memory tier", ""],
      processes.slice(0, mostProcesses).map(processCells),
    ),
  ];
  if (processes.length === 0 && storeTrouble === null)
    lines.push(
      "No process reports here. Start them with configure({ studio: true }) or ZCACHE_STUDIO=1.",
    );
  return `${lines.join("\n")}\n`;
}

function functionCells({ label, figures, hitLatency, loadLatency, advice }: FunctionRow): string[] {
  const p50 = (latency: FunctionRow["hitLatency"]): string => (latency ? time(latency.p50) : "");
  return [
    cut(printable(label), 40),
    count(figures.calls),
    rate(figures),
    count(figures.loads),
    count(figures.errors),
    p50(hitLatency),
    p50(loadLatency),
    time(figures.savedMs),
    cut(printable(advice?.text ?? ""), 60),
  ];
}

function processCells({ process, figures, caches, isGone, paused }: ProcessRow): string[] {
  const breakers = [...new Set(caches.map(({ breaker }) => breaker))].join(", ");
  const tiers = caches.flatMap(({ tier }) => (tier ? [tier.state] : [])).join(", ");
  const state = isGone ? "silent" : paused ? "paused" : "";
  return [
    cut(printable(process.title), 30),
    String(process.pid),
    cut(printable(process.host), 30),
    count(figures.calls),
    rate(figures),
    breakers,
    tiers,
    state,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  // Numbers are aligned to the right. The first and the last column are texts.
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        i === 0 || i === row.length - 1
          ? cell.padEnd(widths[i] ?? 0)
          : cell.padStart(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function rate({ hitRate }: Figures): string {
  return hitRate === null ? "–" : `${(100 * hitRate).toFixed(1)} %`;
}

function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

function time(ms: number): string {
  if (ms < 1) return `${(1_000 * ms).toFixed(0)} µs`;
  if (ms < 1_000) return `${ms.toFixed(1)} ms`;
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(0)} min`;
}

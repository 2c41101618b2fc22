import { ageBounds, type MissReason } from "../../runtime/studio/report";
import { type Advice, type Figures, type FunctionDetail, type FunctionRow } from "../api";
import { adviseOn } from "./advice";
import { type EventLog } from "./event-log";
import { type History, joinLatencies, type Reported } from "./history";
import { type Project } from "./project";

/** Everything that is known about the processes that Studio shows. */
export interface Known {
  readonly history: History;
  readonly log: EventLog;
  readonly project: Project;
}

/** The largest number of functions in one answer. */
const mostRows = 500;

/** Returns the functions that were called, the busiest first. */
export function functionRows(
  known: Known,
  window: number,
  now: number,
  most = mostRows,
): FunctionRow[] {
  const { history } = known;
  const rows = functionNames(known).map((name) => ({
    name,
    figures: history.figures(name, window, now),
  }));
  rows.sort((a, b) => b.figures.calls - a.figures.calls || (a.name < b.name ? -1 : 1));
  return rows.slice(0, most).map(({ name, figures }) => {
    const reports = history.reports(name);
    return functionRow(
      known,
      name,
      figures,
      reports,
      advices(known, name, figures, reports, window, now),
    );
  });
}

/**
 * Returns all functions that are known. Functions that were not called yet are in the lock file.
 */
export function functionNames({ history, project }: Known): readonly string[] {
  return [...new Set([...history.names, ...project.functions.map(({ name }) => name)])];
}

function functionRow(
  known: Known,
  name: string,
  figures: Figures,
  reports: readonly Reported[],
  found: readonly Advice[],
): FunctionRow {
  const { project } = known;
  return {
    name,
    label: project.find(name)?.function ?? name.split(".").slice(-2).join("."),
    figures,
    hitLatency: joinLatencies(reports.map(({ report }) => report.hits)),
    loadLatency: joinLatencies(reports.map(({ report }) => report.loads)),
    place: project.place(name),
    advice: found[0] ?? null,
  };
}

/** Returns null for a name that was never called and that the lock doesn't have. */
export function functionDetail(
  known: Known,
  name: string,
  window: number,
  now: number,
  redacted: boolean,
): FunctionDetail | null {
  const { history, project } = known;
  const reports = history.reports(name);
  if (reports.length === 0 && !project.find(name)) return null;
  const all = reports.map(({ report }) => report);
  const figures = history.figures(name, window, now);
  const found = advices(known, name, figures, reports, window, now);
  return {
    ...functionRow(known, name, figures, reports, found),
    directive: project.directive(name),
    series: history.seriesOf(name, now),
    sizes: joinSizes(reports),
    hottest: joinHottest(reports),
    keys: Math.max(0, ...all.map(({ keys }) => keys)),
    reloads: {
      same: all.reduce((sum, { reloads }) => sum + reloads.same, 0),
      changed: all.reduce((sum, { reloads }) => sum + reloads.changed, 0),
    },
    missReasons: joinReasons(reports),
    byAge: joinAges(reports),
    advices: found,
    byProcess: history.byProcess(name),
    redacted,
  };
}

function advices(
  { history, log, project }: Known,
  name: string,
  ofWindow: Figures,
  reports: readonly Reported[],
  window: number,
  now: number,
): readonly Advice[] {
  // If the window is short or quiet, the time since the start says more.
  const isTelling = ofWindow.calls >= 20 || window === 0;
  return adviseOn({
    figures: isTelling ? ofWindow : history.figures(name, 0, now),
    span:
      isTelling && window > 0
        ? `in ${describeSpan(history.reach(window, now))}`
        : "since the start",
    reports: reports.map(({ report }) => report),
    locked: project.find(name),
    misses: log.misses(name, null),
  });
}

function describeSpan(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}

function joinSizes(reports: readonly Reported[]): FunctionDetail["sizes"] {
  const known = reports.flatMap(({ report }) => report.sizes ?? []);
  if (known.length === 0) return null;
  const largest = (what: "p50" | "p99" | "max"): number =>
    Math.max(...known.map((one) => one[what]));
  return { p50: largest("p50"), p99: largest("p99"), max: largest("max") };
}

function joinHottest(reports: readonly Reported[]): FunctionDetail["hottest"] {
  const sums = new Map<string, { count: number; error: number }>();
  for (const { report } of reports)
    for (const { key, count, error } of report.hottest) {
      const sum = sums.get(key) ?? { count: 0, error: 0 };
      sums.set(key, { count: sum.count + count, error: sum.error + error });
    }
  const rows = Array.from(sums, ([key, sum]) => ({ key, ...sum }));
  return rows.sort((a, b) => b.count - a.count).slice(0, 20);
}

function joinReasons(reports: readonly Reported[]): FunctionDetail["missReasons"] {
  const sums: Partial<Record<MissReason, number>> = {};
  for (const { report } of reports)
    for (const [reason, n] of Object.entries(report.missReasons) as [MissReason, number][])
      sums[reason] = (sums[reason] ?? 0) + n;
  return sums;
}

function joinAges(reports: readonly Reported[]): FunctionDetail["byAge"] {
  const sums = [...ageBounds, null].map((belowMs, i) => ({
    belowMs,
    hits: reports.reduce((sum, { report }) => sum + (report.hitsByAge[i] ?? 0), 0),
  }));
  return sums.some(({ hits }) => hits > 0) ? sums : [];
}

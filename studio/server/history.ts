import { type Latency } from "../../runtime/cache/latency";
import {
  type FunctionCounts,
  type FunctionReport,
  type ProcessReport,
} from "../../runtime/studio/report";
import { type Figures, type ProcessRow, type Series } from "../api";
import { labelOf } from "./process-label";
import { addTo, columns, createSums, Ring, type Sums } from "./ring";

/** The longest window of the totals: a quarter of an hour, by second. */
const seconds = 900;
const secondMs = 1_000;
/** Each function and each process has the same window, in steps of ten seconds. */
const coarseMs = 10_000;
const coarseSteps = (seconds * secondMs) / coarseMs;
const mostFunctions = 2_000;
const mostProcesses = 500;
/** A process that has been silent for this long counts as gone, and is forgotten after a while. */
const silentMs = 6_000;
const forgottenMs = 15 * 60_000;

interface SeenProcess {
  report: ProcessReport;
  seenAt: number;
  readonly ring: Ring;
}

interface SeenFunction {
  readonly ring: Ring;
  /** The last report of each process. */
  readonly reports: Map<string, FunctionReport>;
}

/** The last report of a function in a process. */
export interface Reported {
  readonly process: string;
  readonly report: FunctionReport;
}

/** Turns the growing counts in reports into figures over the last minutes. */
export class History {
  readonly #total = new Ring(secondMs, seconds);
  readonly #processes = new Map<string, SeenProcess>();
  readonly #functions = new Map<string, SeenFunction>();
  /** It is null until the first report has arrived. */
  #since: number | null = null;

  /** @param now when it arrived, by Studio's clock, because the clocks of processes may differ */
  add(report: ProcessReport, now: number): void {
    this.#since ??= now;
    const known = this.#processes.get(report.process.id);
    if (known && known.report.at > report.at) return;
    if (!known && this.#processes.size >= mostProcesses) this.#forget(now, 0);
    const seen = known ?? { report, seenAt: now, ring: new Ring(coarseMs, coarseSteps) };
    // Calls from before Studio first saw the process don't belong to any second of the window.
    const isNew = !known && report.process.startedAt < this.#since;
    for (const one of report.functions)
      this.#addFunction(one, report.process.id, seen.ring, now, isNew);
    seen.report = report;
    seen.seenAt = now;
    this.#processes.set(report.process.id, seen);
    this.#forget(now, forgottenMs);
  }

  #addFunction(
    report: FunctionReport,
    process: string,
    ofProcess: Ring,
    now: number,
    isNew: boolean,
  ): void {
    let seen = this.#functions.get(report.name);
    if (!seen) {
      if (this.#functions.size >= mostFunctions) return;
      this.#functions.set(
        report.name,
        (seen = { ring: new Ring(coarseMs, coarseSteps), reports: new Map() }),
      );
    }
    const before = seen.reports.get(process);
    seen.reports.set(process, report);
    if (isNew) return;
    const sums = difference(
      before?.counts ?? null,
      report.counts,
      meanLoadMs(seen.reports.values()),
    );
    if (columns.every((column) => sums[column] === 0)) return;
    for (const ring of [seen.ring, ofProcess]) ring.add(now, sums);
    this.#total.add(now, sums);
  }

  /**
   * Forgets processes that have been silent for longer, and the functions that only they have
   * called.
   */
  #forget(now: number, silent: number): void {
    for (const [id, { seenAt }] of this.#processes) {
      if (now - seenAt <= Math.max(silent, silentMs)) continue;
      this.#processes.delete(id);
      for (const [name, { reports }] of this.#functions) {
        reports.delete(id);
        if (reports.size === 0) this.#functions.delete(name);
      }
    }
  }

  /** Returns how many of the requested seconds have figures. */
  reach(wanted: number, now: number): number {
    const since = this.#since === null ? 0 : Math.ceil((now - this.#since) / secondMs);
    return Math.max(1, Math.min(wanted, since, seconds));
  }

  /** @param window in seconds; 0 for everything since the processes started */
  total(window: number, now: number): Figures {
    if (window > 0) return figuresOf(this.#total.sum(now, window * secondMs));
    const sums = createSums();
    for (const { reports } of this.#functions.values()) addTo(sums, sumOf([...reports.values()]));
    return figuresOf(sums);
  }

  series(window: number, now: number): Series {
    return seriesOf(this.#total, (window || seconds) * secondMs, now);
  }

  processes(window: number, now: number): ProcessRow[] {
    return Array.from(this.#processes.values(), ({ report, seenAt, ring }) => ({
      process: report.process,
      seenAt,
      isGone: now - seenAt > silentMs,
      paused: report.paused,
      figures:
        window > 0
          ? figuresOf(ring.sum(now, window * secondMs))
          : figuresOf(
              report.functions
                .map((one) => sumsOf(one.counts, this.#loadMs(one.name)))
                .reduce(plus, createSums()),
            ),
      caches: report.caches,
    }));
  }

  /** Returns what each process has counted for the function since its start. */
  byProcess(name: string): readonly { readonly process: string; readonly figures: Figures }[] {
    const loadMs = this.#loadMs(name);
    return this.reports(name).map(({ process: id, report }) => ({
      process: labelOf(this.#processes.get(id)?.report.process ?? { title: id, pid: 0 }),
      figures: figuresOf(sumsOf(report.counts, loadMs)),
    }));
  }

  #loadMs(name: string): number {
    return meanLoadMs(this.#functions.get(name)?.reports.values() ?? []);
  }

  get names(): readonly string[] {
    return [...this.#functions.keys()];
  }

  figures(name: string, window: number, now: number): Figures {
    const seen = this.#functions.get(name);
    if (!seen) return figuresOf(createSums());
    if (window > 0) return figuresOf(seen.ring.sum(now, window * secondMs));
    return figuresOf(sumOf([...seen.reports.values()]));
  }

  seriesOf(name: string, now: number): Series {
    const seen = this.#functions.get(name);
    return seriesOf(seen?.ring ?? new Ring(coarseMs, coarseSteps), seconds * secondMs, now);
  }

  reports(name: string): readonly Reported[] {
    return Array.from(this.#functions.get(name)?.reports ?? [], ([process, report]) => ({
      process,
      report,
    }));
  }
}

function plus(sum: Sums, more: Sums): Sums {
  addTo(sum, more);
  return sum;
}

/**
 * Returns what was counted since then. Counts never decrease; if they do, they belong to another
 * process.
 */
function difference(before: FunctionCounts | null, after: FunctionCounts, loadMs: number): Sums {
  const [to, from] = [sumsOf(after, loadMs), before ? sumsOf(before, loadMs) : createSums()];
  const isGrown = columns.every((column) => column === "savedMs" || to[column] >= from[column]);
  if (!isGrown) return to;
  const sums = createSums();
  for (const column of columns) sums[column] = to[column] - from[column];
  return sums;
}

/** @param loadMs the average time of a load */
function sumsOf(counts: FunctionCounts, loadMs: number): Sums {
  const { hit, stale, miss, load, share, error, readBytes, storedBytes } = counts;
  const savedMs = (hit + stale + share) * loadMs;
  return {
    hits: hit,
    stale,
    misses: miss,
    loads: load,
    shared: share,
    errors: error,
    readBytes,
    storedBytes,
    savedMs,
  };
}

/** Everything that processes have counted for one function. */
export function sumOf(reports: readonly FunctionReport[]): Sums {
  const loadMs = meanLoadMs(reports);
  return reports.map(({ counts }) => sumsOf(counts, loadMs)).reduce(plus, createSums());
}

/** This is the mean over all processes, because a process that only has hits has timed no load. */
function meanLoadMs(reports: Iterable<FunctionReport>): number {
  let [ms, loads] = [0, 0];
  for (const { counts } of reports) {
    ms += counts.loadMs;
    loads += counts.timedLoads;
  }
  return loads > 0 ? ms / loads : 0;
}

export function figuresOf(sums: Sums): Figures {
  const calls = sums.hits + sums.stale + sums.misses;
  return { ...sums, calls, hitRate: calls > 0 ? (sums.hits + sums.stale) / calls : null };
}

function seriesOf(ring: Ring, windowMs: number, now: number): Series {
  const steps = [...ring.steps(now, windowMs)];
  // The last step is not over yet.
  const perSecond = ring.stepMs / secondMs;
  const column = (name: keyof Sums): number[] => steps.map(({ sums }) => sums[name] / perSecond);
  return {
    time: steps.map(({ at }) => at / secondMs),
    hits: column("hits"),
    stale: column("stale"),
    misses: column("misses"),
    loads: column("loads"),
    shared: column("shared"),
    errors: column("errors"),
    savedMs: column("savedMs"),
  };
}

/** Combines the latencies of several processes: weighted means, and the longest of the tails. */
export function joinLatencies(all: readonly (Latency | null)[]): Latency | null {
  const known = all.filter((one) => one !== null && one.count > 0) as Latency[];
  if (known.length === 0) return null;
  const count = known.reduce((sum, one) => sum + one.count, 0);
  const weighted = (what: "mean" | "p50"): number =>
    known.reduce((sum, one) => sum + one[what] * one.count, 0) / count;
  const longest = (what: "p90" | "p99" | "max"): number =>
    Math.max(...known.map((one) => one[what]));
  return {
    count,
    mean: weighted("mean"),
    p50: weighted("p50"),
    p90: longest("p90"),
    p99: longest("p99"),
    max: longest("max"),
  };
}

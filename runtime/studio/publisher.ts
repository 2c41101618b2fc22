import { type Inspector } from "../backends/inspector";
import { registry } from "../cache/registry";
import { type ProcessReport } from "./report";

/** How long a process is shown after its last report. */
const reportTtlMs = 10_000;
/** A report that is not acknowledged within this time is given up, and the next one is sent. */
const givenUpMs = 30_000;
/** The maximum length of a report. Longer ones leave out the parts that only explain. */
const longestReport = 1_000_000;

/**
 * Leaves the reports of this process in the stores of its caches. Nothing waits for it. A slow
 * store gets fewer reports, because no report is sent to it while another one is under way.
 */
export class Publisher {
  readonly #sentAt = new Map<Inspector, number>();

  publish(report: ProcessReport): void {
    let text: string | null = null;
    for (const inspector of inspectors()) {
      const sentAt = this.#sentAt.get(inspector);
      if (sentAt !== undefined && report.at - sentAt < givenUpMs) continue;
      text ??= textOf(report);
      this.#sentAt.set(inspector, report.at);
      void this.#put(inspector, report, text);
    }
  }

  async #put(inspector: Inspector, { process, at }: ProcessReport, text: string): Promise<void> {
    try {
      await inspector.putReport(process.id, text, reportTtlMs);
    } catch {
      // The next report says the same and more. The caches notice what is wrong with the store.
    } finally {
      if (this.#sentAt.get(inspector) === at) this.#sentAt.delete(inspector);
    }
  }
}

/**
 * Returns the stores of all caches, each once. The breaker is not consulted: only calls close an
 * open breaker, so a process without calls would never be shown again.
 */
function inspectors(): ReadonlySet<Inspector> {
  const found = new Set<Inspector>();
  // A program that has closed its caches is about to close their clients.
  if (registry.closed) return found;
  for (const cache of registry.caches.values()) {
    const { inspector } = cache;
    if (inspector) found.add(inspector);
  }
  return found;
}

function textOf(report: ProcessReport): string {
  const text = JSON.stringify(report);
  if (text.length <= longestReport) return text;
  const { functions, misses, leftOut, events } = report;
  const short: ProcessReport = {
    ...report,
    functions: functions.map((one) => ({ ...one, hottest: [] })),
    events: [],
    leftOut: leftOut + events.length,
    misses: misses.slice(-10),
    loads: [],
  };
  return JSON.stringify(short);
}

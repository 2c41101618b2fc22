import { Cache } from "../../runtime/cache/cache";
import { resolveOptions } from "../../runtime/cache/configure";
import { type Backend } from "../../runtime/backends/backend";
import { type Clock, systemClock } from "../../runtime/clock";
import { ConfigError } from "../../runtime/errors";
import { type ProcessReport } from "../../runtime/studio/report";
import { messageOf } from "../../runtime/user-code/thrown";
import { readReport } from "./read-report";
import { type Source } from "./source";

const everyMs = 1_000;
/** A reader can wait longer than a call, which runs its function instead. */
const deadline = "1s";

/**
 * Reads a store, and the reports of the processes that use it, from outside these processes.
 *
 * @param options.backend a RedisBackend, or another backend that can be inspected
 * @param options.namespace the one in the program's `configure`
 * @param options.name the name of the store on the page: "redis://localhost:6379"
 * @param options.trouble returns why the store can't be reached, if its client knows more than the
 * error of a command
 * @throws ConfigError for a backend without an inspector
 */
export function storeSource(options: {
  readonly backend: Backend;
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly clock?: Clock;
  readonly trouble?: () => string | null;
}): Source {
  const { backend, name, namespace, clock = systemClock, trouble = () => null } = options;
  if (!backend.inspector)
    throw new ConfigError(
      `Studio can't inspect the backend ${backend.name}, because it has no inspector.`,
    );
  const cache = new Cache(
    "default",
    resolveOptions({ backend, deadline, ...(namespace !== undefined && { namespace }) }),
    {
      subscriptions: new Set(),
      observer: null,
    },
  );
  return {
    name,
    isProgram: false,
    caches: () => [cache],
    watch: (onReport, onTrouble) =>
      pollReports(cache, clock, onReport, (text) =>
        onTrouble(text === null ? null : (trouble() ?? text)),
      ),
    refresh: () => Promise.resolve(false),
    pause: () => {},
  };
}

/**
 * Reads the reports of all processes once a second. At most one request is under way, so a store
 * that hangs gets no more of them.
 * @param skip the id of the process whose reports arrive in another way
 */
export function pollReports(
  cache: Cache,
  clock: Clock,
  onReport: (report: ProcessReport) => void,
  onTrouble: (trouble: string | null) => void,
  skip: () => string | null = () => null,
): () => void {
  let cancel: (() => void) | null = null;
  let isOver = false;
  const seen = new Map<string, number>();
  const poll = async (): Promise<void> => {
    try {
      const reports = await cache.ask(
        "read",
        ["reports"],
        async (backend) => backend.inspector?.()?.reports() ?? new Map<string, string>(),
      );
      if (isOver) return;
      onTrouble(null);
      for (const [id, text] of reports) {
        if (id === skip()) continue;
        const report = readReport(text);
        // Invalid reports, and those that were already read, are skipped.
        if (!report || report.process.id !== id || seen.get(id) === report.at) continue;
        seen.set(id, report.at);
        onReport(report);
      }
      for (const id of seen.keys()) if (!reports.has(id)) seen.delete(id);
    } catch (error) {
      if (!isOver) onTrouble(messageOf(error));
    }
    if (!isOver) cancel = clock.after(everyMs, () => void poll());
  };
  void poll();
  return () => {
    isOver = true;
    cancel?.();
  };
}

import type { ExecutionContext } from "ava";
import { configure, MemoryBackend, resetStats, type Options } from "../../runtime";
import { wrap } from "../../runtime/calls/cached-function";
import { registry } from "../../runtime/cache/registry";
import type { Plan } from "../../runtime/plan";
import { onReport, stopAgent } from "../../runtime/studio/agent";
import type { FunctionReport, ProcessReport } from "../../runtime/studio/report";
import { FakeClock } from "../../runtime/testing/fake-clock";
import { keyOver } from "./templates";

type Loader<A extends unknown[], R> = (...args: A) => Promise<R>;
type CachedLoader<A extends unknown[], R> = Loader<A, R> & {
  refresh(...args: A): Promise<R>;
  invalidate(...args: A): Promise<void>;
};

/** The default cache of this process with Studio on, until the test ends. */
export interface Observed {
  readonly clock: FakeClock;
  readonly reports: readonly ProcessReport[];
  /** Makes a cached function as emitted code does, with the default key of all its arguments. */
  wrap<A extends unknown[], R>(plan: Partial<Plan>, loader: Loader<A, R>): CachedLoader<A, R>;
  /** Lets the second pass, and returns the report of its end. */
  next(): Promise<ProcessReport>;
}

export function observe(t: ExecutionContext, options: Options = {}): Observed {
  const clock = (options.clock as FakeClock | undefined) ?? new FakeClock();
  const backend = options.backend ?? new MemoryBackend({ clock });
  resetStats();
  registry.accounts.clear();
  configure({ backend, clock, jitter: 0, studio: true, ...options });
  const reports: ProcessReport[] = [];
  const end = onReport((report) => reports.push(report));
  t.teardown(() => {
    end();
    stopAgent();
    registry.studio = null;
  });
  return {
    clock,
    reports,
    wrap(plan, loader) {
      const whole: Plan = { name: "f", key: keyOver((...args) => args), ...plan };
      return wrap(() => whole, loader as never, whole.name) as never;
    },
    async next() {
      const { length } = reports;
      await clock.advance(1_000);
      const report = reports[length];
      if (!report) throw new Error("No report was made.");
      return report;
    },
  };
}

export function functionOf(report: ProcessReport, name = "f"): FunctionReport {
  const found = report.functions.find((one) => one.name === name);
  if (!found) throw new Error(`The report says nothing of ${name}.`);
  return found;
}

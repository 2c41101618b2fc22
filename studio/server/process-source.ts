import { registry } from "../../runtime/cache/registry";
import { type Clock, systemClock } from "../../runtime/clock";
import { currentReport, onReport, pause, refreshKey, startAgent } from "../../runtime/studio/agent";
import { cacheNamed } from "../../runtime/cache/configure";
import { type Source } from "./source";
import { pollReports } from "./store-source";

/**
 * Reads the reports of the process that it runs in, and of the processes that report to the stores
 * of its caches.
 */
export function processSource(clock: Clock = systemClock): Source {
  startAgent();
  const caches = () => {
    cacheNamed(registry.defaultName);
    const all = [...registry.caches.values()];
    return all.sort(
      (a, b) => Number(b.name === registry.defaultName) - Number(a.name === registry.defaultName),
    );
  };
  return {
    name: "this process",
    isProgram: true,
    caches,
    watch(report, onTrouble) {
      const polls = new Map<unknown, () => void>();
      const follow = (): void => {
        const remote = new Set(
          caches().filter(({ settings: { backend } }) => backend.remote && backend.inspector),
        );
        for (const [cache, stop] of polls)
          if (!remote.has(cache as never)) {
            stop();
            polls.delete(cache);
          }
        for (const cache of remote)
          if (!polls.has(cache))
            polls.set(
              cache,
              pollReports(
                cache,
                clock,
                report,
                onTrouble,
                () => currentReport()?.process.id ?? null,
              ),
            );
      };
      // Caches may be configured, and configured again, at any time.
      const own = onReport((made) => {
        follow();
        report(made);
      });
      const first = currentReport();
      if (first) report(first);
      follow();
      return () => {
        own();
        for (const stop of polls.values()) stop();
      };
    },
    refresh: refreshKey,
    pause,
  };
}

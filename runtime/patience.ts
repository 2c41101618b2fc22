import { type BoundPlan } from "./bound-plan";
import { busyMs } from "./clock";
import { LoadTimeoutError } from "./errors";

/** What ends a caller's wait before its value is there. */
interface Limits {
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal | null;
}

/** `within`; rather what `findSpare` has than an error, unless it is the caller who has given up. */
export function withinOrSpare<T>(
  bound: BoundPlan,
  signal: AbortSignal | null,
  start: () => Promise<T>,
  findSpare: (error: unknown) => Promise<T>,
): Promise<T> {
  const found = within(bound, { timeoutMs: bound.timeoutMs, signal }, start);
  if (bound.graceMs === 0) return found;
  return found.catch((error: unknown) => {
    if (signal?.aborted) throw error;
    return findSpare(error);
  });
}

/**
 * The work, unless its time is up or its caller aborts; the work itself goes on. Rejects
 * with a `LoadTimeoutError`, or with the signal's reason. Time in which this process was
 * busy or stood still is given once more: what is waited for may have come meanwhile.
 */
export function within<T>(
  { plan, cache }: BoundPlan,
  { timeoutMs, signal }: Limits,
  start: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  if (timeoutMs === null && !signal) return start();
  const { clock } = cache.settings;
  const dueAt = clock.now() + (timeoutMs ?? 0);
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => settle(reject, signal?.reason);
    const giveUp = (): void => settle(reject, new LoadTimeoutError(plan.name, timeoutMs as number));
    let cancel = timeoutMs === null ? null : clock.after(timeoutMs, onTimeout, true);
    signal?.addEventListener("abort", onAbort, { once: true });
    function onTimeout(): void {
      const wasBusyMs = busyMs(clock, dueAt);
      if (wasBusyMs === 0) giveUp();
      else cancel = clock.after(Math.min(wasBusyMs, timeoutMs as number), giveUp, true);
    }
    function settle<V>(how: (outcome: V) => void, outcome: V): void {
      cancel?.();
      signal?.removeEventListener("abort", onAbort);
      how(outcome);
    }
    start().then(
      (value) => settle(resolve, value),
      (error: unknown) => settle(reject, error),
    );
  });
}

import { type BoundPlan } from "./bound-plan";
import { busyMs, type Clock } from "../clock";
import { LoadTimeoutError } from "../errors";
import { disown, warnOf } from "../user-code/thrown";
import { onAbort } from "../user-code/on-abort";

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
    if (signal?.aborted || !isFailure(bound, error)) throw error;
    return findSpare(error);
  });
}

/** Whether a spare may take the place of the error. A mistake in the user's own function doesn't change what is served. */
function isFailure({ cache }: BoundPlan, error: unknown): boolean {
  const { isFailure: decide } = cache.settings;
  if (!decide || error instanceof LoadTimeoutError) return true;
  try {
    const answer: unknown = decide(error);
    if (disown(answer)) throw new TypeError("isFailure must answer at once, but returned a promise.");
    return Boolean(answer);
  } catch (mistake) {
    warnOf(mistake, "ZcacheOptionWarning");
    return true;
  }
}

/**
 * The work, unless its time is up or its caller aborts; the work itself goes on. Rejects
 * with a `LoadTimeoutError`, or with the signal's reason.
 */
export function within<T>(
  { plan, cache }: BoundPlan,
  { timeoutMs, signal }: Limits,
  start: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  if (timeoutMs === null && !signal) return start();
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => settle(reject, new LoadTimeoutError(plan.name, timeoutMs as number));
    const cancelTimeout = timeoutMs === null ? null : whenTimeIsUp(cache.settings.clock, timeoutMs, giveUp, true);
    const forgetSignal = signal && onAbort(signal, () => settle(reject, signal.reason));
    function settle<V>(how: (outcome: V) => void, outcome: V): void {
      cancelTimeout?.();
      forgetSignal?.();
      how(outcome);
    }
    start().then(
      (value) => settle(resolve, value),
      (error: unknown) => settle(reject, error),
    );
  });
}

/**
 * Calls back when the time is up. Time in which this process was busy or stood still is given once more, because what is
 * waited for may have come meanwhile. Returns what cancels it.
 */
export function whenTimeIsUp(clock: Clock, ms: number, callback: () => void, keepAlive = false): () => void {
  const dueAt = clock.now() + ms;
  let cancel = clock.after(ms, onTime, keepAlive);
  function onTime(): void {
    const wasBusyMs = busyMs(clock, dueAt);
    if (wasBusyMs === 0) callback();
    else cancel = clock.after(Math.min(wasBusyMs, ms), callback, keepAlive);
  }
  return () => cancel();
}

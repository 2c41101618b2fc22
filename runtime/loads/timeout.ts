import { type BoundPlan } from "./bound-plan";
import { busyMs, type Clock } from "../clock";
import { LoadTimeoutError } from "../errors";
import { addCallers, markFrames } from "../user-code/stacks";
import { disown, warnOf } from "../user-code/thrown";
import { onAbort } from "../user-code/on-abort";

/** What can end a caller's wait before its value is loaded. */
interface Limits {
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal | null;
}

/**
 * Whether something besides its value can end a call. Then `withinOrStaleIfError` gives its error
 * the callers, because the chain of promises that V8 follows ends there.
 */
export function isLimited({ timeoutMs, graceMs }: BoundPlan, signal: AbortSignal | null): boolean {
  return timeoutMs !== null || signal !== null || graceMs !== 0;
}

/**
 * Like `within`, but if it rejects, it returns what `findStale` finds, unless the caller itself has
 * aborted.
 */
export function withinOrStaleIfError<T>(
  bound: BoundPlan,
  signal: AbortSignal | null,
  start: () => Promise<T>,
  findStale: (error: unknown) => Promise<T>,
): Promise<T> {
  return isLimited(bound, signal) ? findWithin(bound, signal, start, findStale) : start();
}

async function findWithin<T>(
  bound: BoundPlan,
  signal: AbortSignal | null,
  start: () => Promise<T>,
  findStale: (error: unknown) => Promise<T>,
): Promise<T> {
  try {
    return await within(bound, { timeoutMs: bound.timeoutMs, signal }, start);
  } catch (error) {
    addCallers(error);
    if (bound.graceMs === 0 || signal?.aborted || !isFailure(bound, error)) throw error;
    return findStale(error);
  }
}

markFrames(findWithin);

/**
 * Whether a stored value may replace the error. If the user's `isFailure` throws, it counts as a
 * failure.
 */
function isFailure({ cache }: BoundPlan, error: unknown): boolean {
  const { isFailure: decide } = cache.settings;
  if (!decide || error instanceof LoadTimeoutError) return true;
  try {
    const answer: unknown = decide(error);
    if (disown(answer))
      throw new TypeError("isFailure must answer at once, but returned a promise.");
    return Boolean(answer);
  } catch (mistake) {
    warnOf(mistake, "ZcacheOptionWarning");
    return true;
  }
}

/**
 * Waits for the work until its time is up or its caller aborts. The work itself goes on. Rejects
 * then with a `LoadTimeoutError`, or with the signal's reason.
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
    const cancelTimeout =
      timeoutMs === null ? null : whenTimeIsUp(cache.settings.clock, timeoutMs, giveUp, true);
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
 * Calls back when the time is up. It is extended once by the time in which this process was busy or
 * suspended, because the result may have arrived meanwhile. Returns a function that cancels it.
 */
export function whenTimeIsUp(
  clock: Clock,
  ms: number,
  callback: () => void,
  keepAlive = false,
): () => void {
  const dueAt = clock.now() + ms;
  let cancel = clock.after(ms, onTime, keepAlive);
  function onTime(): void {
    const wasBusyMs = busyMs(clock, dueAt);
    if (wasBusyMs === 0) callback();
    else cancel = clock.after(Math.min(wasBusyMs, ms), callback, keepAlive);
  }
  return () => cancel();
}

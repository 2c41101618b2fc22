/** Time as the runtime sees it, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls back once after `ms`. Returns what cancels it.
   * @param keepAlive whether the process must not end before: a caller waits for nothing else
   */
  after(ms: number, callback: () => void, keepAlive?: boolean): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback, keepAlive = false) {
    const timer = setTimeout(callback, ms);
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A timer that fires later than this shows that the process was busy, or stood still. */
const mostLateMs = 20;

/** How long the process was busy when a timer fires that was set for `dueAt`; 0: it was not. */
export function busyMs(clock: Clock, dueAt: number): number {
  const lateMs = clock.now() - dueAt;
  return lateMs > mostLateMs ? lateMs : 0;
}

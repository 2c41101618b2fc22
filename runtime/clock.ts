import { performance } from "node:perf_hooks";

/** Time as the runtime sees it, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Milliseconds of a clock that nobody sets, from any beginning. Without it nobody can say how much time has passed
   * when `now` goes back, and what was kept until then is given up.
   */
  steady?(): number;
  /**
   * Calls back once after `ms`. Returns what cancels it.
   * @param keepAlive whether the process must not end before: a caller waits for nothing else
   */
  after(ms: number, callback: () => void, keepAlive?: boolean): () => void;
}

// Looked up in each call, because a test's fake timers may come after this module.
export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  after(ms, callback, keepAlive = false) {
    let timer = setLongTimeout(ms);
    function setLongTimeout(leftMs: number): Timer {
      const next = Math.min(leftMs, longestTimeoutMs);
      const set: Timer = setTimeout(() => {
        if (next === leftMs) callback();
        else timer = setLongTimeout(leftMs - next);
      }, next);
      // A number in browsers, and in what imitates them: jsdom, Deno, edge runtimes, some fake timers.
      if (!keepAlive && typeof set === "object") set.unref?.();
      return set;
    }
    return () => clearTimeout(timer as NodeJS.Timeout);
  },
};

type Timer = number | { unref?(): unknown };

/** What `setTimeout` can hold, 24.8 days. Above that it calls back at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The two clocks of a machine may differ by this much before one of them counts as set. */
const mostApartMs = 100;
/** More than anything is kept for. */
const unknownMs = 2 * 365 * 24 * 3_600_000;

const unsettable = new WeakMap<Clock, Clock>();

/**
 * The same clock with a `now` that never goes back: while somebody sets the system's clock back, it goes on by the
 * steady one. A steady clock stands still while the machine sleeps; then the system's clock makes up for it. So
 * something that is to be kept for a minute is never kept for longer, whatever happens to either.
 */
export function neverSetBack(clock: Clock): Clock {
  let made = unsettable.get(clock);
  if (!made) {
    const { now } = new UnsettableTime(clock);
    made = { now, after: (ms, callback, keepAlive) => clock.after(ms, callback, keepAlive) };
    unsettable.set(clock, made);
    // It needs no other in front of it.
    unsettable.set(made, made);
  }
  return made;
}

class UnsettableTime {
  readonly #clock: Clock;
  #wall: number;
  /** What is to be added to each clock. */
  #wallOffset = 0;
  #steadyOffset: number;
  #now: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = this.#now = clock.now();
    this.#steadyOffset = clock.steady ? this.#now - clock.steady() : 0;
  }

  readonly now = (): number => {
    const wall = this.#clock.now();
    // Of many hits in one millisecond only the first asks the other clock, which takes as long as all else that is done here.
    if (wall === this.#wall) return this.#now;
    const byWall = wall + this.#wallOffset;
    const bySteady = this.#clock.steady ? this.#clock.steady() + this.#steadyOffset : this.#guess(wall);
    const now = Math.max(byWall, bySteady, this.#now);
    if (now - byWall > mostApartMs) this.#wallOffset = now - wall;
    if (now - bySteady > mostApartMs) this.#steadyOffset += now - bySteady;
    this.#wall = wall;
    return (this.#now = now);
  };

  /** Where there is no other clock. Unknown is not zero: what was kept before has had its time. */
  #guess(wall: number): number {
    return this.#wall - wall > mostApartMs ? this.#now + unknownMs : this.#now;
  }
}

/** A timer that fires later than this shows that the process was busy, or stood still. */
const mostLateMs = 20;

/** How long the process was busy when a timer fires that was set for `dueAt`; 0: it was not. */
export function busyMs(clock: Clock, dueAt: number): number {
  const lateMs = clock.now() - dueAt;
  return lateMs > mostLateMs ? lateMs : 0;
}

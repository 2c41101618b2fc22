import { performance } from "node:perf_hooks";
import { warnOf } from "./user-code/thrown";

/** The time that the runtime uses. Tests replace it to hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Milliseconds of a clock that nobody sets, counted from any beginning. Without it nobody can say
   * how much time has passed when `now` goes back, so everything kept until then is discarded.
   */
  steady?(): number;
  /**
   * Calls back once after `ms`, and returns a function that cancels it.
   * @param keepAlive whether the process must not end before that, because a caller waits for
   * nothing else
   */
  after(ms: number, callback: () => void, keepAlive?: boolean): () => void;
}

// The functions are looked up in each call, because a test's fake timers may be installed after
// this module.
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
      // The timer is a number in browsers, and in environments that imitate them: jsdom, Deno, edge
      // runtimes, some fake timers.
      if (!keepAlive && typeof set === "object") set.unref?.();
      return set;
    }
    return () => clearTimeout(timer as NodeJS.Timeout);
  },
};

type Timer = number | { unref?(): unknown };

/** The longest time that `setTimeout` accepts, 24.8 days. Above that it calls back at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The two clocks of a machine may differ by this much before one of them counts as set. */
const mostApartMs = 100;
/** Longer than anything is kept. */
const unknownMs = 2 * 365 * 24 * 3_600_000;

const unsettable = new WeakMap<Clock, Clock>();

/**
 * Returns the same clock with a `now` that never goes back: when the system's clock is set back, it
 * continues by the steady one. A steady clock stops while the machine sleeps; then the system's
 * clock makes up for it. Something that is to be kept for a minute is therefore never kept for
 * longer, whatever happens to either clock.
 */
export function neverSetBack(clock: Clock): Clock {
  let made = unsettable.get(clock);
  if (!made) {
    const { now } = new UnsettableTime(clock);
    made = { now, after: clock === systemClock ? clock.after : timersOf(clock) };
    unsettable.set(clock, made);
    // This clock needs no correction.
    unsettable.set(made, made);
  }
  return made;
}

/**
 * Returns the timers of a user's clock. They are set in zcache's own ticks, where an exception
 * would end the process: if the clock can't set a timer, the system's clock does. A cancelled timer
 * doesn't call back, whatever the clock does about it.
 */
function timersOf(clock: Clock): Clock["after"] {
  let hasWarned = false;
  const warn = (error: unknown): void => {
    if (!hasWarned) warnOf(error, "ZcacheClockWarning");
    hasWarned = true;
  };
  return (ms, callback, keepAlive) => {
    let isOver = false;
    const callOnce = (): void => {
      if (isOver) return;
      isOver = true;
      callback();
    };
    let cancel: (() => void) | undefined;
    try {
      cancel = clock.after(ms, callOnce, keepAlive);
    } catch (error) {
      warn(error);
      cancel = systemClock.after(ms, callOnce, keepAlive);
    }
    return () => {
      isOver = true;
      try {
        // A user's clock may have returned the number of a timer, or nothing.
        if (typeof cancel === "function") cancel();
      } catch (error) {
        warn(error);
      }
    };
  };
}

/** Asks a user's clock for a time. If it doesn't return one, the other clock is asked. */
function ask(clock: Clock, name: "now" | "steady", otherwise: () => number): number {
  try {
    const time = clock[name]?.();
    if (Number.isFinite(time)) return time as number;
  } catch {
    // The clock is treated as if it returned nothing.
  }
  return otherwise();
}

class UnsettableTime {
  readonly #clock: Clock;
  /** The system's clock is trusted without checks, because it is asked in each hit in memory. */
  readonly #isSystem: boolean;
  #wall: number;
  /** The amounts to add to each clock. */
  #wallOffset = 0;
  #steadyOffset: number;
  #now: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#isSystem = clock === systemClock;
    this.#wall = this.#now = ask(clock, "now", Date.now);
    this.#steadyOffset = clock.steady ? this.#now - this.#steady() : 0;
  }

  readonly now = (): number => {
    const wall = this.#isSystem ? Date.now() : ask(this.#clock, "now", Date.now);
    // Of many hits in one millisecond only the first asks the other clock, which takes as long as
    // everything else that is done here.
    if (wall === this.#wall) return this.#now;
    const byWall = wall + this.#wallOffset;
    const bySteady = this.#clock.steady ? this.#steady() + this.#steadyOffset : this.#guess(wall);
    const now = Math.max(byWall, bySteady, this.#now);
    if (now - byWall > mostApartMs) this.#wallOffset = now - wall;
    if (now - bySteady > mostApartMs) this.#steadyOffset += now - bySteady;
    this.#wall = wall;
    return (this.#now = now);
  };

  #steady(): number {
    return ask(this.#clock, "steady", () => performance.now());
  }

  /**
   * Estimates the time where there is no other clock. Unknown is not zero: whatever was kept before
   * has expired.
   */
  #guess(wall: number): number {
    return this.#wall - wall > mostApartMs ? this.#now + unknownMs : this.#now;
  }
}

/** A timer that fires later than this shows that the process was busy, or was suspended. */
const mostLateMs = 20;

/** Returns how long the process was busy when a timer set for `dueAt` fires, or 0 if it was not. */
export function busyMs(clock: Clock, dueAt: number): number {
  const lateMs = clock.now() - dueAt;
  return lateMs > mostLateMs ? lateMs : 0;
}

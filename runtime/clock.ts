import { performance } from "node:perf_hooks";
import { warnOf } from "./user-code/thrown";

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
    made = { now, after: clock === systemClock ? clock.after : timersOf(clock) };
    unsettable.set(clock, made);
    // It needs no other in front of it.
    unsettable.set(made, made);
  }
  return made;
}

/**
 * The timers of a clock of the user's. They are set in ticks of zcache's own, where what is thrown would end the process:
 * a clock that can't set one is helped out by the system's. One that was cancelled doesn't call back, whatever the
 * clock makes of that.
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
        // A clock of the user's may have returned the number of a timer, or nothing.
        if (typeof cancel === "function") cancel();
      } catch (error) {
        warn(error);
      }
    };
  };
}

/** What a clock of the user's says; what another one says where it says nothing. */
function ask(clock: Clock, name: "now" | "steady", otherwise: () => number): number {
  try {
    const time = clock[name]?.();
    if (Number.isFinite(time)) return time as number;
  } catch {
    // As if it said nothing.
  }
  return otherwise();
}

class UnsettableTime {
  readonly #clock: Clock;
  /** The system's clock needs no check of what it says, and is asked in each hit in memory. */
  readonly #isSystem: boolean;
  #wall: number;
  /** What is to be added to each clock. */
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
    // Of many hits in one millisecond only the first asks the other clock, which takes as long as all else that is done here.
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

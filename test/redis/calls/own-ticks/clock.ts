import { type Clock, systemClock } from "../../../../runtime/clock";

let skippedMs = 0;

/** A clock with the system's timers, whose time can be moved on. */
export const clock: Clock = { ...systemClock, now: () => systemClock.now() + skippedMs };

/** Moves the time of `clock` on, so that an entry expires at once. */
export function pass(ms: number): void {
  skippedMs += ms;
}

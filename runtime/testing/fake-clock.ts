import { show } from "../check-options";
import type { Clock } from "../clock";
import { ConfigError } from "../index";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until the test moves it.
 *
 * @example
 * const clock = new FakeClock();
 * configure({ clock, backend: new MemoryBackend({ clock }) });
 * await getUser(5);
 * await clock.advance(10 * 60_000);
 * await getUser(5); // a miss
 */
export class FakeClock implements Clock {
  #now: number;
  /** The steady time, which `set` doesn't change. */
  #steady = 0;
  readonly #timers = new Set<Timer>();

  /** @param now milliseconds since the epoch; a time in 2023 if left out */
  constructor(now = 1_700_000_000_000) {
    if (!Number.isFinite(now))
      throw new ConfigError(`FakeClock takes milliseconds since the epoch, but got: ${show(now)}.`);
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  steady(): number {
    return this.#steady;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Returns how many timers have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves time forward. Each callback runs at its own time, and all promises are settled before and
   * after it.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#moveTo(Math.max(this.#now, timer.at));
      this.#timers.delete(timer);
      timer.callback();
      await settled();
    }
    this.#moveTo(end);
  }

  #moveTo(now: number): void {
    this.#steady += now - this.#now;
    this.#now = now;
  }

  /** Sets the time as an administrator would: no timer fires, none is moved, and no time passes. */
  set(now: number): void {
    this.#now = now;
  }

  /** Returns the first of the timers that are due at `end`, in the order in which they were set. */
  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.at <= end && (!next || timer.at < next.at)) next = timer;
    return next;
  }
}

/**
 * Waits for two turns of the event loop: one for an immediate that a callback has set, one for the
 * promises after it.
 */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
}

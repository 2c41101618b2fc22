import { type Clock } from "../clock";

/** An answer of the store is used for this long without asking again. */
const freshMs = 1_000;
/** An answer is acceptable for this long while the next one is on its way. */
const usableMs = 60_000;

/**
 * The time by the store's clock, which all processes share, because their own may be wrong. The
 * store is asked at most once a second, and only while the time is needed.
 */
export class StoreClock {
  readonly #clock: Clock;
  readonly #ask: () => Promise<number>;
  #offsetMs = 0;
  /** When the store was last asked, and when it last answered. */
  #askedAt = -Infinity;
  #answeredAt = -Infinity;
  #asking: Promise<void> | null = null;

  /** @param ask one round trip to the store; when it rejects, the time is unknown */
  constructor(clock: Clock, ask: () => Promise<number>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /**
   * Returns null while the time isn't known. The process's own clock is not used instead, because
   * it may be wrong by hours.
   */
  now(): number | null {
    const now = this.#clock.now();
    return now - this.#answeredAt < usableMs ? now + this.#offsetMs : null;
  }

  /**
   * Returns a promise to await before `now`, or null if that isn't needed. The promise never
   * rejects.
   */
  ready(): Promise<void> | null {
    const now = this.#clock.now();
    if (!this.#asking && now - this.#askedAt < freshMs) return null;
    this.#asking ??= this.#sample();
    return now - this.#answeredAt < usableMs ? null : this.#asking;
  }

  async #sample(): Promise<void> {
    const before = this.#clock.now();
    const time = await this.#ask().catch(() => null);
    const after = this.#clock.now();
    this.#askedAt = after;
    this.#asking = null;
    if (time === null) return;
    this.#offsetMs = time - (before + after) / 2;
    this.#answeredAt = after;
  }
}

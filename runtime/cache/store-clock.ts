import { type Clock } from "../clock";

/** For this long an answer of the store is relied on without asking again. */
const freshMs = 1_000;
/** For this long an answer will do while the next one is on its way. */
const usableMs = 60_000;

/**
 * The time by the store's clock, which all processes share: their own may be wrong. It is
 * asked for at most once a second, and only while somebody needs it.
 */
export class StoreClock {
  readonly #clock: Clock;
  readonly #ask: () => Promise<number>;
  #offsetMs = 0;
  /** When the store was last asked, and when it last answered. */
  #askedAt = -Infinity;
  #answeredAt = -Infinity;
  #asking: Promise<void> | null = null;

  /** @param ask one round trip to the store; when it rejects, nobody knows the time */
  constructor(clock: Clock, ask: () => Promise<number>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Null while it isn't known. The process's own clock doesn't do instead, because it may be wrong by hours. */
  now(): number | null {
    const now = this.#clock.now();
    return now - this.#answeredAt < usableMs ? now + this.#offsetMs : null;
  }

  /** To be awaited before `now`, if it is a promise. Never rejects. */
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

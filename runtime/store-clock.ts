import { type Clock } from "./clock";

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
  #askedAt = -Infinity;
  #asking: Promise<void> | null = null;

  /** @param ask one round trip to the store; when it rejects, the process's own clock has to do */
  constructor(clock: Clock, ask: () => Promise<number>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  now(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /** To be awaited before `now`, if it is a promise. Never rejects. */
  ready(): Promise<void> | null {
    // Set back, the process's clock makes an age negative: what it was compared with is void.
    const age = this.#clock.now() - this.#askedAt;
    if (age >= 0 && age < freshMs) return null;
    this.#asking ??= this.#sample();
    return age >= 0 && age < usableMs ? null : this.#asking;
  }

  async #sample(): Promise<void> {
    const before = this.#clock.now();
    const offsetMs = await this.#ask().then(
      (time) => time - (before + this.#clock.now()) / 2,
      () => null,
    );
    if (offsetMs !== null) this.#offsetMs = offsetMs;
    this.#askedAt = this.#clock.now();
    this.#asking = null;
  }
}

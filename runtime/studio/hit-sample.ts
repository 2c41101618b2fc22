/** The number of hits in each interval that are all looked at. */
const allUpTo = 50;
/** Of the hits after these, one in this many is looked at, on average. */
const share = 64;

/**
 * Chooses the hits that are looked at: all of them if there are few, and otherwise a random share.
 * The gaps are random because a program may repeat itself. Each hit also represents those that were
 * passed over before it, so that sums stay exact.
 */
export class HitSample {
  #left = allUpTo;
  #passedOver = 0;
  #gap = 0;

  /** @param random returns a number from 0 to below 1 */
  constructor(private readonly random: () => number = Math.random) {}

  /** Returns how many hits this one represents, or 0 if it is passed over. */
  weigh(): number {
    if (this.#left > 0) {
      this.#left--;
      return 1;
    }
    if (this.#gap === 0) this.#gap = 1 + Math.floor(this.random() * (2 * share - 1));
    if (++this.#passedOver < this.#gap) return 0;
    const weight = this.#passedOver;
    this.#passedOver = this.#gap = 0;
    return weight;
  }

  /**
   * Starts another interval. Returns how many hits were passed over that no later one represents.
   */
  restart(): number {
    const rest = this.#passedOver;
    this.#left = allUpTo;
    this.#passedOver = this.#gap = 0;
    return rest;
  }
}

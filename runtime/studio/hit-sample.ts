/** So many hits are looked at in each interval before only a share of them is. */
const allUpTo = 200;
/** From then on it is one in so many, on average. */
const share = 32;

/**
 * Chooses the hits that are looked at: all of them where there are few, and a share of those beyond. A program may have a rhythm
 * of its own, so that the gaps are random. Each hit stands for those that were passed over before it, so that sums stay exact.
 */
export class HitSample {
  #left = allUpTo;
  #passedOver = 0;
  #gap = 0;

  /** @param random returns a number from 0 to below 1 */
  constructor(private readonly random: () => number = Math.random) {}

  /** Returns how many hits this one stands for, or 0 if it is passed over. */
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

  /** Begins another interval. Returns how many hits were passed over that no later one stands for. */
  restart(): number {
    const rest = this.#passedOver;
    this.#left = allUpTo;
    this.#passedOver = this.#gap = 0;
    return rest;
  }
}

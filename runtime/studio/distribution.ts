/**
 * Counts how often values of each size occurred, in buckets that are each an eighth of a power of
 * two wide. A quantile is at most 5 % off, and the memory is the same however many values there
 * were. Values may be from 2^-10 (a microsecond, in milliseconds) to 2^38.
 */
const bucketsPerDoubling = 8;
const lowestExponent = -10;
const highestExponent = 38;
const bucketCount = (highestExponent - lowestExponent) * bucketsPerDoubling;

export class Distribution {
  readonly #buckets = new Uint32Array(bucketCount);
  #count = 0;
  #sum = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get max(): number {
    return this.#max;
  }

  add(value: number): void {
    this.#count++;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
    const bucket = Math.floor((Math.log2(value) - lowestExponent) * bucketsPerDoubling);
    const index = Math.min(Math.max(bucket, 0), bucketCount - 1);
    this.#buckets[index] = (this.#buckets[index] as number) + 1;
  }

  /** Returns the value that this part of all values does not exceed: the middle of its bucket. */
  quantile(part: number): number {
    let left = Math.ceil(part * this.#count);
    if (left === 0) return 0;
    for (let i = 0; i < bucketCount; i++) {
      left -= this.#buckets[i] as number;
      if (left <= 0)
        return Math.min(2 ** ((i + 0.5) / bucketsPerDoubling + lowestExponent), this.#max);
    }
    return this.#max;
  }
}

/** 2^11 registers: the estimate is off by about 2 % (1.04 / √2048). */
const indexBits = 11;
const registerCount = 2 ** indexBits;
const bias = 0.7213 / (1 + 1.079 / registerCount);

/**
 * Estimates how many different texts it was given. It takes 2 kB, however many there were
 * (HyperLogLog).
 */
export class DistinctCount {
  readonly #registers = new Uint8Array(registerCount);

  add(text: string): void {
    const hash = hashOf(text);
    const index = hash >>> (32 - indexBits);
    const rank = Math.clz32((hash << indexBits) | (1 << (indexBits - 1))) + 1;
    if (rank > (this.#registers[index] as number)) this.#registers[index] = rank;
  }

  estimate(): number {
    let sum = 0;
    let empty = 0;
    for (const rank of this.#registers) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const raw = (bias * registerCount ** 2) / sum;
    // A small number of texts leaves registers empty, and the number of those gives a better
    // estimate.
    const few = empty > 0 && raw <= 2.5 * registerCount;
    return Math.round(few ? registerCount * Math.log(registerCount / empty) : raw);
  }
}

/** It is FNV-1a, followed by the end of MurmurHash3, which distributes its bits evenly. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The values that are summed over time, in the order of a ring's columns. */
export const columns = [
  "hits",
  "stale",
  "misses",
  "loads",
  "shared",
  "errors",
  "readBytes",
  "storedBytes",
  "savedMs",
] as const;
export type Sums = Record<(typeof columns)[number], number>;

export function createSums(): Sums {
  return {
    hits: 0,
    stale: 0,
    misses: 0,
    loads: 0,
    shared: 0,
    errors: 0,
    readBytes: 0,
    storedBytes: 0,
    savedMs: 0,
  };
}

export function addTo(sums: Sums, more: Sums): void {
  for (const column of columns) sums[column] += more[column];
}

/**
 * Sums over a fixed number of the last steps of time. Older steps are forgotten, so the memory is
 * fixed.
 */
export class Ring {
  readonly #values: Float64Array;
  /** The step whose sums each place holds. A place with an older step counts as empty. */
  readonly #steps: Float64Array;

  constructor(
    readonly stepMs: number,
    readonly count: number,
  ) {
    this.#values = new Float64Array(count * columns.length);
    this.#steps = new Float64Array(count).fill(-1);
  }

  add(at: number, sums: Sums): void {
    const step = Math.floor(at / this.stepMs);
    const place = step % this.count;
    const start = place * columns.length;
    if (this.#steps[place] !== step) {
      this.#values.fill(0, start, start + columns.length);
      this.#steps[place] = step;
    }
    columns.forEach(
      (column, i) => (this.#values[start + i] = (this.#values[start + i] as number) + sums[column]),
    );
  }

  /**
   * Returns the steps in the window before `now`, oldest first, including the one that `now` is in.
   */
  *steps(now: number, windowMs: number): Generator<{ readonly at: number; readonly sums: Sums }> {
    const last = Math.floor(now / this.stepMs);
    const wanted = Math.min(Math.ceil(windowMs / this.stepMs), this.count);
    for (let step = last - wanted + 1; step <= last; step++) {
      const place = ((step % this.count) + this.count) % this.count;
      const sums = createSums();
      if (this.#steps[place] === step)
        columns.forEach(
          (column, i) => (sums[column] = this.#values[place * columns.length + i] as number),
        );
      yield { at: step * this.stepMs, sums };
    }
  }

  /** Returns the sum of all these steps. */
  sum(now: number, windowMs: number): Sums {
    const last = Math.floor(now / this.stepMs);
    const first = last - Math.min(Math.ceil(windowMs / this.stepMs), this.count) + 1;
    const total = createSums();
    for (let place = 0; place < this.count; place++) {
      const step = this.#steps[place] as number;
      if (step < first || step > last) continue;
      columns.forEach(
        (column, i) => (total[column] += this.#values[place * columns.length + i] as number),
      );
    }
    return total;
  }
}

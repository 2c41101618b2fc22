import { type HotKey } from "./report";
import { shorten } from "./shorten";

interface Counter {
  key: string;
  count: number;
  error: number;
}

/** How many keys are counted for each function. */
const mostCounted = 64;
/** A longer key is counted under its beginning. */
const longestKey = 1_024;

/**
 * The keys that are requested most, by the Space-Saving sketch. A key that isn't counted yet takes
 * the place of the one with the smallest count, and begins with that count, which is therefore how
 * much its own count may be too high. Each key that makes up more than a 64th of all requests is
 * among them.
 */
export class HottestKeys {
  readonly #counters = new Map<string, Counter>();
  /** The same counters. To look through a list is quicker. */
  readonly #list: Counter[] = [];

  /**
   * Returns whether the key was counted before.
   *
   * @param weight the number of calls that this one represents
   */
  add(key: string, weight: number): boolean {
    const known = this.#counters.get(key);
    if (known) {
      known.count += weight;
      return true;
    }
    this.#addNew(key.length > longestKey ? shorten(key, longestKey) : key, weight);
    return false;
  }

  #addNew(key: string, weight: number): void {
    const known = this.#counters.get(key);
    if (known) known.count += weight;
    else if (this.#list.length < mostCounted) this.#count({ key, count: weight, error: 0 });
    else {
      const rarest = this.#rarest();
      this.#counters.delete(rarest.key);
      this.#counters.set(key, rarest);
      rarest.key = key;
      rarest.error = rarest.count;
      rarest.count += weight;
    }
  }

  #count(counter: Counter): void {
    this.#counters.set(counter.key, counter);
    this.#list.push(counter);
  }

  #rarest(): Counter {
    let rarest = this.#list[0] as Counter;
    for (const counter of this.#list) if (counter.count < rarest.count) rarest = counter;
    return rarest;
  }

  /** Returns the keys that were requested most, in descending order. */
  top(most: number): HotKey[] {
    const all = this.#list.toSorted((a, b) => b.count - a.count);
    return all.slice(0, most).map((counter) => ({ ...counter }));
  }
}

import { type HotKey } from "./report";
import { shorten } from "./shorten";

interface Counter {
  count: number;
  error: number;
}

/** How many keys are counted for each function. */
const mostCounted = 64;
/** A longer key is counted under its beginning. */
const longestKey = 1_024;

/**
 * The keys that are requested most, by the Space-Saving sketch. A key that isn't counted yet takes the place of the one
 * with the smallest count, and begins with that count, which is therefore how much its own count may be too high. Each
 * key that makes up more than a 64th of all requests is among them.
 */
export class HottestKeys {
  readonly #counters = new Map<string, Counter>();

  /** Returns whether the key was counted before. */
  add(key: string): boolean {
    const known = this.#counters.get(key);
    if (known) {
      known.count++;
      return true;
    }
    this.#addNew(key.length > longestKey ? shorten(key, longestKey) : key);
    return false;
  }

  #addNew(key: string): void {
    const known = this.#counters.get(key);
    if (known) known.count++;
    else if (this.#counters.size < mostCounted) this.#counters.set(key, { count: 1, error: 0 });
    else {
      const [rarest, count] = this.#rarest();
      this.#counters.delete(rarest);
      this.#counters.set(key, { count: count + 1, error: count });
    }
  }

  #rarest(): readonly [string, number] {
    let rarest = "";
    let least = Infinity;
    for (const [key, { count }] of this.#counters) if (count < least) [rarest, least] = [key, count];
    return [rarest, least];
  }

  /** Returns the keys that were requested most, in descending order. */
  top(most: number): HotKey[] {
    const all = Array.from(this.#counters, ([key, { count, error }]) => ({ key, count, error }));
    return all.sort((a, b) => b.count - a.count).slice(0, most);
  }
}

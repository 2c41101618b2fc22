/**
 * A map with a limited number of keys. Beyond the limit, it forgets the key that was set longest
 * ago.
 */
export class BoundedMap<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#most) return;
    const [oldest] = this.#values.keys();
    this.#values.delete(oldest as string);
  }

  /** Those that were set last come last. */
  values(): Iterable<Value> {
    return this.#values.values();
  }

  entries(): Iterable<readonly [string, Value]> {
    return this.#values.entries();
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}

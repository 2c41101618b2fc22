/** The limits of what is kept. If there is more, invalidating everything costs no more. */
const mostNames = 10_000;
const mostBytes = 1_048_576;

/**
 * Keys that an invalidation should have deleted but did not, because the backend could not be
 * asked. They are kept in the order in which they have to be deleted: the fence of a tag before its
 * version.
 */
export class LostInvalidations {
  readonly #names = new Set<string>();
  #bytes = 0;
  #isOverflowing = false;

  /** Keeps the names, or forgets all of them if there are too many. */
  add(names: readonly string[]): void {
    if (this.#isOverflowing) return;
    for (const name of names) {
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      this.#bytes += Buffer.byteLength(name);
    }
    if (this.#names.size <= mostNames && this.#bytes <= mostBytes) return;
    this.clear();
    this.#isOverflowing = true;
  }

  /** Whether there were too many names to keep, so that everything has to be invalidated. */
  get isOverflowing(): boolean {
    return this.#isOverflowing;
  }

  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Forgets the names that are being deleted. */
  remove(names: readonly string[]): void {
    for (const name of names) if (this.#names.delete(name)) this.#bytes -= Buffer.byteLength(name);
  }

  clear(): void {
    this.#names.clear();
    this.#bytes = 0;
    this.#isOverflowing = false;
  }
}

/** A list that leaves out what comes when it is full, and counts it. */
export class BoundedList<Item> {
  #items: Item[] = [];
  #leftOut = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#items.length >= this.#most;
  }

  add(item: Item): void {
    if (this.isFull) this.#leftOut++;
    else this.#items.push(item);
  }

  leaveOut(count: number): void {
    this.#leftOut += count;
  }

  /** Returns what has come since the last time. */
  take(): { readonly items: readonly Item[]; readonly leftOut: number } {
    const taken = { items: this.#items, leftOut: this.#leftOut };
    this.#items = [];
    this.#leftOut = 0;
    return taken;
  }
}

/** A list that leaves out what is added when it is full, and counts what it has left out. */
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

  /** Returns what was added since the last call. */
  take(): { readonly items: readonly Item[]; readonly leftOut: number } {
    const taken = { items: this.#items, leftOut: this.#leftOut };
    this.#items = [];
    this.#leftOut = 0;
    return taken;
  }
}

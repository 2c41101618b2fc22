/** A place before the oldest one and behind the newest one, so that the places form a ring. */
const end = 0;

/**
 * The order in which places were last used. Places are small numbers from 1 on, and their
 * neighbours are kept in two lists of numbers: an object for each place would take three times the
 * memory, and each use would write pointers that the garbage collector has to follow.
 */
export class LruOrder {
  readonly #newer: number[] = [end];
  readonly #older: number[] = [end];

  /** Returns 0 if there is no place. */
  get oldest(): number {
    return this.#newer[end] as number;
  }

  /** Adds a place as the newest one. */
  add(place: number): void {
    const newest = this.#older[end] as number;
    this.#newer[place] = end;
    this.#older[place] = newest;
    this.#newer[newest] = place;
    this.#older[end] = place;
  }

  remove(place: number): void {
    const newer = this.#newer[place] as number;
    const older = this.#older[place] as number;
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  /** Makes a place the newest one. */
  use(place: number): void {
    if (this.#older[end] === place) return;
    this.remove(place);
    this.add(place);
  }
}

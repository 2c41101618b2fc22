import { type MissReport } from "./report";

const most = 100;

/** The last misses, oldest first. */
export class RecentMisses {
  readonly #misses: MissReport[] = [];
  #next = 0;

  add(miss: MissReport): void {
    this.#misses[this.#next] = miss;
    this.#next = (this.#next + 1) % most;
  }

  list(): readonly MissReport[] {
    return [...this.#misses.slice(this.#next), ...this.#misses.slice(0, this.#next)];
  }
}

import { type MissReport } from "./report";

const most = 100;

/** The last misses since the last report. */
export class RecentMisses {
  #misses: MissReport[] = [];
  #next = 0;

  add(miss: MissReport): void {
    this.#misses[this.#next] = miss;
    this.#next = (this.#next + 1) % most;
  }

  /** Returns the misses, oldest first. */
  take(): readonly MissReport[] {
    const taken = [...this.#misses.slice(this.#next), ...this.#misses.slice(0, this.#next)];
    this.#misses = [];
    this.#next = 0;
    return taken;
  }
}

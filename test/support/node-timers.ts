interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Stands in for the timers and the date of Node: time stands still until the test moves it, and a
 * delay that a timer can't hold is one millisecond, as it is with Node's own.
 */
export class NodeTimers {
  readonly #own = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: Date.now,
  };
  readonly #timers = new Map<number, Timer>();
  #now = 1_700_000_000_000;
  #count = 0;

  /** Takes the place of Node's timers until `uninstall` restores them. */
  install(): void {
    const set = (callback: () => void, ms = 1): number => {
      const delay = ms >= 1 && ms < 2 ** 31 ? ms : 1;
      this.#timers.set(++this.#count, { at: this.#now + delay, callback });
      return this.#count;
    };
    const clear = (timer: number): void => void this.#timers.delete(timer);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    Date.now = () => this.#now;
  }

  uninstall(): void {
    const { now, ...timers } = this.#own;
    Object.assign(globalThis, timers);
    Date.now = now;
  }

  /**
   * Moves time on, each callback running at its own time and with all promises settled before and
   * after it.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const [id, { at, callback }] = next;
      this.#now = Math.max(this.#now, at);
      this.#timers.delete(id);
      callback();
      await turn();
    }
    this.#now = end;
  }

  #next(end: number): [number, Timer] | undefined {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([, one], [, other]) => one.at - other.at)[0];
  }
}

/** Waits for an immediate that a callback has set, and for the promises behind it. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
}

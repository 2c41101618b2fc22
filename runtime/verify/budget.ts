import { type Clock } from "../clock";
import { markFrames } from "../user-code/stacks";
import { type VerifySettings } from "../cache/verify-settings";

/** This many loads are free, so that a cache that loads little is verified too. */
const freeLoads = 100;
/** How long a loader that was slow is left alone. */
const restMs = 60_000;

/**
 * Limits how often verification runs loaders: at most a share of how often callers do, few at once,
 * and not at all while they are slow.
 */
export class Budget {
  readonly #clock: Clock;
  readonly #settings: VerifySettings;
  /** How many loads were made for callers, and how many for verification. */
  #callersLoads = 0;
  #ownLoads = 0;
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];
  /** The times until which functions are left alone, by name. */
  readonly #slowUntil = new Map<string, number>();
  readonly #startedAt = new Map<string, Set<{ readonly at: number }>>();

  constructor(clock: Clock, settings: VerifySettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Returns whether one more hit may be verified now. */
  allows(name: string): boolean {
    const { mostAtOnce, shareOfLoads } = this.#settings;
    const isSpent = this.#ownLoads >= freeLoads + shareOfLoads * this.#callersLoads;
    return !isSpent && this.#underWay < mostAtOnce && !this.#isSlow(name);
  }

  #isSlow(name: string): boolean {
    const now = this.#clock.now();
    if (now < (this.#slowUntil.get(name) ?? 0)) return true;
    for (const { at } of this.#startedAt.get(name) ?? [])
      if (now - at >= this.#settings.slowMs) return true;
    return false;
  }

  /** Runs the loader for a caller, and measures how long it takes. */
  async watch<T>(name: string, load: () => T): Promise<Awaited<T>> {
    this.#callersLoads++;
    let started = this.#startedAt.get(name);
    if (!started) this.#startedAt.set(name, (started = new Set()));
    const own = { at: this.#clock.now() };
    started.add(own);
    try {
      return await load();
    } finally {
      started.delete(own);
      this.#recordTime(name, this.#clock.now() - own.at);
    }
  }

  #recordTime(name: string, ms: number): void {
    if (ms >= this.#settings.slowMs) this.#slowUntil.set(name, this.#clock.now() + restMs);
  }

  /**
   * Runs the loader to verify a hit, when its turn has come. Rejects if the loader is slow. A slow
   * loader keeps its place among those under way until it ends, so that loaders that hang don't
   * accumulate.
   */
  async load<T>(name: string, load: () => Promise<T>): Promise<T> {
    while (this.#underWay >= this.#settings.mostAtOnce)
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    this.#underWay++;
    this.#ownLoads++;
    const startedAt = this.#clock.now();
    const end = (): void => {
      this.#underWay--;
      this.#recordTime(name, this.#clock.now() - startedAt);
      this.#waiting.shift()?.();
    };
    const work = load();
    work.then(end, end);
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(this.#settings.slowMs, () => {
        this.#recordTime(name, this.#settings.slowMs);
        reject(new Error("The loader is slow."));
      });
      const settle = (answer: () => void): void => {
        cancel();
        answer();
      };
      work.then(
        (value) => settle(() => resolve(value)),
        (error: Error) => settle(() => reject(error)),
      );
    });
  }
}

markFrames(Budget.prototype.watch);

import { type Clock } from "../clock";
import { type Inspector, type MemoryUse, type ScanStep } from "./inspector";

/** The part of a `MemoryBackend`'s store that is used here. */
interface Slots {
  readonly size: number;
  readonly calculatedSize: number;
  readonly maxSize: number;
  keys(): Iterable<string>;
  peek(key: string): { readonly expiresAt: number } | undefined;
}

interface Kept {
  readonly report: string;
  readonly until: number;
}

/**
 * Each walk keeps a list of the keys. A caller that begins more walks than this ends the oldest
 * one.
 */
const mostWalks = 4;

/** Inspects a store in this process. Reports are kept here as well, beside the entries. */
export class MemoryInspector implements Inspector {
  readonly #slots: Slots;
  readonly #clock: Clock;
  readonly #reports = new Map<string, Kept>();
  /**
   * The keys of walks that have not ended. A position in the map can't serve as a cursor, because
   * the order of the map changes with each read.
   */
  readonly #walks = new Map<string, readonly string[]>();
  #walkCount = 0;

  constructor(slots: Slots, clock: Clock) {
    this.#slots = slots;
    this.#clock = clock;
  }

  async ttl(key: string): Promise<number | null> {
    const slot = this.#slots.peek(key);
    const ms = slot ? slot.expiresAt - this.#clock.now() : 0;
    return ms > 0 ? ms : null;
  }

  async scan(cursor: string | null, prefix: string, count: number): Promise<ScanStep> {
    const [id, place = "0"] = (cursor ?? this.#beginWalk()).split(":") as [string, string?];
    const all = this.#walks.get(id);
    if (!all)
      throw new Error("This walk over the keys has ended, because others were begun after it");
    const end = Number(place) + count;
    const keys = all
      .slice(Number(place), end)
      .filter((key) => key.startsWith(prefix) && this.#slots.peek(key));
    if (end < all.length) return { cursor: `${id}:${end}`, keys };
    this.#walks.delete(id);
    return { cursor: null, keys };
  }

  #beginWalk(): string {
    const [oldest] = this.#walks.keys();
    if (oldest !== undefined && this.#walks.size >= mostWalks) this.#walks.delete(oldest);
    const id = String(++this.#walkCount);
    this.#walks.set(id, [...this.#slots.keys()]);
    return id;
  }

  async keyCount(): Promise<number> {
    return this.#slots.size;
  }

  async putReport(process: string, report: string, ttlMs: number): Promise<void> {
    this.#forgetOld();
    this.#reports.set(process, { report, until: this.#clock.now() + ttlMs });
  }

  async reports(): Promise<ReadonlyMap<string, string>> {
    this.#forgetOld();
    return new Map(Array.from(this.#reports, ([process, { report }]) => [process, report]));
  }

  #forgetOld(): void {
    const now = this.#clock.now();
    for (const [process, { until }] of this.#reports)
      if (until <= now) this.#reports.delete(process);
  }

  memory(): MemoryUse {
    const { size, calculatedSize, maxSize } = this.#slots;
    return { entries: size, bytes: calculatedSize, maxBytes: maxSize };
  }
}

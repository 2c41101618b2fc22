import { type Load } from "../cache/load";
import { BoundedList } from "./bounded-list";
import { type LoadSpan } from "./report";
import { shorten } from "./shorten";

interface OpenSpan {
  readonly span: Mutable<LoadSpan> & { joined: number[] };
  /** The time by the steady clock, in milliseconds. */
  readonly startedAt: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The limit for spans that begin or end between two reports. */
const mostSpans = 300;
const mostJoined = 200;
const longestKey = 1_024;

/** The runs of loaders, and the callers that joined them. */
export class LoadSpans {
  readonly #open = new WeakMap<Load, OpenSpan>();
  readonly #changed = new BoundedList<LoadSpan>(mostSpans);
  /** The spans that are in the list already. */
  #listed = new Set<LoadSpan>();
  /** Callers join a load that waits for its lease before its loader runs. */
  readonly #early = new WeakMap<Load, number[]>();
  #count = 0;

  start(load: Load, name: string, at: number): void {
    const span = {
      id: ++this.#count,
      name,
      key: shorten(load.key, longestKey),
      startedAt: at,
      endedAt: null,
      outcome: null,
      background: load.background,
      joined: this.#early.get(load) ?? [],
    };
    this.#early.delete(load);
    this.#open.set(load, { span, startedAt: performance.now() });
    this.#list(span);
  }

  join(load: Load, at: number): void {
    const open = this.#open.get(load);
    if (!open) {
      const early = this.#early.get(load);
      if (!early) this.#early.set(load, [at]);
      else if (early.length < mostJoined) early.push(at);
      return;
    }
    if (open.span.joined.length < mostJoined) open.span.joined.push(at);
    this.#list(open.span);
  }

  /** The function whose loader runs, or null if its start was not seen. */
  nameOf(load: Load): string | null {
    return this.#open.get(load)?.span.name ?? null;
  }

  /** How long the loader has run, in milliseconds, or null if its start was not seen. */
  elapsed(load: Load): number | null {
    const open = this.#open.get(load);
    return open ? performance.now() - open.startedAt : null;
  }

  end(load: Load, outcome: NonNullable<LoadSpan["outcome"]>, at: number): void {
    const open = this.#open.get(load);
    if (!open) return;
    this.#open.delete(load);
    open.span.endedAt = at;
    open.span.outcome = outcome;
    this.#list(open.span);
  }

  #list(span: LoadSpan): void {
    if (this.#listed.has(span)) return;
    if (!this.#changed.isFull) this.#listed.add(span);
    this.#changed.add(span);
  }

  /**
   * Returns the spans that began, were joined or ended since the last call, in their present state.
   */
  take(): readonly LoadSpan[] {
    this.#listed = new Set();
    return this.#changed.take().items.map((span) => ({ ...span, joined: [...span.joined] }));
  }
}

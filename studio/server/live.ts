import { type ServerResponse } from "node:http";
import { type Clock } from "../../runtime/clock";
import { type EventPage, type Overview } from "../api";
import { EventStream, HttpError } from "./respond";

const everyMs = 1_000;
const mostReaders = 20;

/** The message that readers get each second. */
export interface LiveFigures {
  overview(seconds: number): Overview;
  /** Returns the events after the number. */
  events(after: number): EventPage;
}

/**
 * The open pages, which get an overview each second. One timer serves all of them, and it runs only
 * while there are some.
 */
export class Live {
  readonly #readers = new Map<EventStream, { readonly seconds: number; last: number }>();
  #cancel: (() => void) | null = null;

  constructor(
    private readonly figures: LiveFigures,
    private readonly clock: Clock,
  ) {}

  get isWatched(): boolean {
    return this.#readers.size > 0;
  }

  open(response: ServerResponse, seconds: number): void {
    if (this.#readers.size >= mostReaders)
      throw new HttpError(429, `Studio serves ${mostReaders} open pages at once.`);
    const stream: EventStream = new EventStream(response, () => this.#readers.delete(stream));
    const reader = { seconds, last: this.figures.events(Infinity).last };
    this.#readers.set(stream, reader);
    this.#update(stream, reader);
    this.#cancel ??= this.clock.after(everyMs, () => this.#tick());
  }

  #tick(): void {
    this.#cancel = null;
    for (const [stream, reader] of this.#readers) this.#update(stream, reader);
    if (this.#readers.size > 0) this.#cancel = this.clock.after(everyMs, () => this.#tick());
  }

  #update(stream: EventStream, reader: { readonly seconds: number; last: number }): void {
    if (stream.isBehind) return;
    stream.send("overview", this.figures.overview(reader.seconds));
    const page = this.figures.events(reader.last);
    if (page.events.length > 0) stream.send("events", page);
    reader.last = page.last;
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const stream of this.#readers.keys()) stream.end();
  }
}

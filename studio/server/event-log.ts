import { BoundedMap } from "../../runtime/studio/bounded-map";
import { type ProcessReport } from "../../runtime/studio/report";
import {
  type EventPage,
  type EventRow,
  type LoadSpan,
  type MissRow,
  type TagInvalidation,
  type Timeline,
} from "../api";
import { labelOf } from "./process-label";

const mostEvents = 5_000;
/** The limit for each function. */
const mostMisses = 200;
const mostFunctions = 500;
const mostLoads = 5_000;
const mostInvalidations = 200;
const mostTags = 5_000;
/** The largest number of rows in one answer. */
const mostPerPage = 500;

interface InvalidatedTag {
  readonly count: number;
  readonly lastAt: number;
}

export interface EventFilter {
  readonly types: readonly string[];
  readonly name: string | null;
  /** A text that the key or the message must contain. */
  readonly text: string | null;
}

/** The recent events, misses and loads of all processes. All of it is bounded. */
export class EventLog {
  #events: EventRow[] = [];
  #last = 0;
  #leftOut = 0;
  /** Functions that have not missed for a long time are forgotten first. */
  readonly #misses = new BoundedMap<MissRow[]>(mostFunctions);
  /** A load that has ended moves to the end. */
  readonly #loads = new BoundedMap<LoadSpan & { readonly process: string }>(mostLoads);
  readonly #invalidations: (TagInvalidation & { ended: number })[] = [];
  readonly #byTag = new BoundedMap<InvalidatedTag>(mostTags);

  add({ process, events, leftOut, misses, loads }: ProcessReport): void {
    const { id } = process;
    const label = labelOf(process);
    this.#leftOut += leftOut;
    for (const event of events) {
      this.#events.push({ ...event, number: ++this.#last, process: label });
      if (event.type === "invalidate" && event.name === null)
        this.#recordInvalidation(event.keys[0] ?? "", event.at, label);
    }
    if (this.#events.length > 2 * mostEvents) this.#events = this.#events.slice(-mostEvents);
    for (const miss of misses) {
      this.#keepMiss({ ...miss, process: label });
      const by =
        miss.tag === null
          ? undefined
          : this.#invalidations.findLast(({ tag, at }) => tag === miss.tag && at <= miss.at);
      if (by) by.ended++;
    }
    for (const load of loads) this.#loads.set(`${id} ${load.id}`, { ...load, process: label });
  }

  #keepMiss(miss: MissRow): void {
    const rows = this.#misses.get(miss.name) ?? [];
    this.#misses.set(miss.name, rows);
    rows.push(miss);
    if (rows.length > mostMisses) rows.shift();
  }

  #recordInvalidation(tag: string, at: number, process: string): void {
    this.#invalidations.push({ at, tag, process, ended: 0 });
    if (this.#invalidations.length > mostInvalidations) this.#invalidations.shift();
    const known = this.#byTag.get(tag);
    this.#byTag.set(tag, { count: (known?.count ?? 0) + 1, lastAt: at });
  }

  /**
   * Returns the events after the number, or only the newest ones if there are too many for one
   * answer.
   */
  page(after: number, { types, name, text }: EventFilter): EventPage {
    const wanted = this.#events.filter(
      (event) =>
        event.number > after &&
        (types.length === 0 || types.includes(event.type)) &&
        (name === null || event.name === name) &&
        (text === null ||
          event.keys.some((key) => key.includes(text)) ||
          (event.text?.includes(text) ?? false)),
    );
    const events = wanted.slice(-mostPerPage);
    return { events, last: this.#last, leftOut: this.#leftOut + wanted.length - events.length };
  }

  /**
   * Returns misses, newest first. The last ones of each function are kept, for the functions that
   * missed last.
   */
  misses(name: string | null, key: string | null, most = mostPerPage): readonly MissRow[] {
    const all = name === null ? [...this.#misses.values()].flat() : (this.#misses.get(name) ?? []);
    const wanted = key === null ? all : all.filter((miss) => miss.key === key);
    return wanted.toSorted((a, b) => b.at - a.at).slice(0, most);
  }

  timeline(name: string, from: number, to: number): Timeline {
    const loads = [...this.#loads.values()].filter(
      (load) => load.name === name && load.startedAt <= to && (load.endedAt ?? to) >= from,
    );
    const marks = this.#events.flatMap(({ type, name: owner, at, keys, process }) =>
      owner === name && at >= from && at <= to && (type === "stale" || type === "wait")
        ? [{ at, type, key: keys[0] ?? "", process } as const]
        : [],
    );
    return { name, from, to, loads: loads.slice(-mostPerPage), marks: marks.slice(-mostPerPage) };
  }

  /** Newest first. */
  get invalidations(): readonly TagInvalidation[] {
    return this.#invalidations.toReversed();
  }

  /** Returns the tags that were invalidated, with how often and when last. */
  get invalidatedTags(): ReadonlyMap<string, InvalidatedTag> {
    return new Map(this.#byTag.entries());
  }
}

import { type CacheEvent } from "../events";
import { messageOf } from "../user-code/thrown";
import { BoundedList } from "./bounded-list";
import { type StudioEvent } from "./report";
import { shorten } from "./shorten";

/** The limits between two reports. */
const mostEvents = 200;
/**
 * Hits and waits are shown as a sample of this size each, so that they leave room for what is rare.
 */
const mostOfMany = 40;
const mostKeys = 5;
const longestText = 512;

/** Returns the events since the last report. */
export class EventTail {
  readonly #events = new BoundedList<StudioEvent>(mostEvents);
  #many = { hit: 0, wait: 0 };

  /**
   * Adds an event of a kind that may be very frequent.
   *
   * @param weight the number of events that this one represents, itself included
   */
  many(
    type: "hit" | "wait",
    cache: string,
    name: string,
    key: string,
    weight: number,
    at: number,
  ): void {
    if (this.#many[type] >= mostOfMany) return this.#events.leaveOut(weight);
    this.#many[type]++;
    this.#events.leaveOut(weight - 1);
    this.#events.add({ at, type, cache, name, keys: [shorten(key, longestText)], text: null });
  }

  add(event: CacheEvent, cache: string, at: () => number): void {
    if (this.#events.isFull) return this.#events.leaveOut(1);
    this.#events.add({
      at: at(),
      type: event.type,
      cache,
      name: "name" in event ? event.name : null,
      keys: keysIn(event),
      text: textOf(event),
    });
  }

  /** @param hitsPassedOver the number of hits that no other one represents */
  take(hitsPassedOver: number): {
    readonly items: readonly StudioEvent[];
    readonly leftOut: number;
  } {
    this.#many = { hit: 0, wait: 0 };
    this.#events.leaveOut(hitsPassedOver);
    return this.#events.take();
  }
}

function keysIn(event: CacheEvent): readonly string[] {
  const keys =
    "keys" in event ? event.keys : "key" in event ? [event.key] : "tag" in event ? [event.tag] : [];
  const shown = keys.slice(0, mostKeys).map((key) => shorten(key, longestText));
  return keys.length > mostKeys ? [...shown, `and ${keys.length - mostKeys} more`] : shown;
}

function textOf(event: CacheEvent): string | null {
  switch (event.type) {
    case "invalidate":
      return "tag" in event ? "tag" : "key";
    case "breaker":
      return event.error
        ? shorten(`${event.state}: ${messageOf(event.error)}`, longestText)
        : event.state;
    case "error":
    case "unusable":
    case "fault":
      return shorten(messageOf(event.error), longestText);
    case "transaction":
    case "diverged":
      return shorten(event.message, longestText);
    default:
      return null;
  }
}

import { batch, signal } from "@preact/signals";
import { type EventPage, type EventRow } from "../../api";
import { getJson } from "../api/client";

/** How many events the page keeps, however many the server sends. */
const kept = 5000;

/** Oldest first. */
export const events = signal<readonly EventRow[]>([]);
export const eventsLeftOut = signal(0);

/** While the user has paused the list, new events wait here and are counted. */
export const eventsPaused = signal(false);
export const waiting = signal<readonly EventRow[]>([]);

/** Takes the events that the stream sends. */
export function takeEvents(page: EventPage): void {
  batch(() => {
    eventsLeftOut.value += page.leftOut;
    if (page.events.length === 0) return;
    const target = eventsPaused.value ? waiting : events;
    target.value = join(target.value, page.events);
  });
}

export function resumeEvents(): void {
  batch(() => {
    events.value = join(events.value, waiting.value);
    waiting.value = [];
    eventsPaused.value = false;
  });
}

export function pauseEvents(): void {
  eventsPaused.value = true;
}

export function clearEvents(): void {
  batch(() => {
    events.value = [];
    waiting.value = [];
    eventsLeftOut.value = 0;
  });
}

/**
 * Loads the events from before the page was opened, as far as the server still has them: all of
 * them, or those of one type or function.
 */
export async function loadEvents(query: {
  readonly type: string;
  readonly name: string;
}): Promise<void> {
  const page = await getJson<EventPage>("events", { after: 0, ...query });
  events.value = join(page.events, events.value);
}

function join(older: readonly EventRow[], newer: readonly EventRow[]): readonly EventRow[] {
  if (newer.length === 0) return older.slice(-kept);
  const seen = new Set<string>();
  const all: EventRow[] = [];
  for (const event of [...older, ...newer]) {
    const id = `${event.number} ${event.at} ${event.process}`;
    if (seen.has(id)) continue;
    seen.add(id);
    all.push(event);
  }
  return all.sort((a, b) => a.at - b.at || a.number - b.number).slice(-kept);
}

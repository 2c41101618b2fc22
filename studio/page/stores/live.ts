import { signal } from "@preact/signals";
import { type EventPage, type Notice, type Overview } from "../../api";
import { pathOf } from "../api/client";
import { openStream, type StreamState } from "../api/event-stream";
import { takeEvents } from "./events";
import { loadSession } from "./session";

/** How far back the figures of Now go, in seconds. */
export const windows = [60, 300, 900] as const;

export const windowSeconds = signal<number>(300);
export const connection = signal<StreamState>("connecting");
export const overview = signal<Overview | null>(null);
/**
 * Problems that the server reports: a store that it can't reach, or reports that it could not read.
 */
export const notice = signal<string | null>(null);

let stream: { close(): void } | null = null;

/** Opens the stream of figures and events. For another window, the stream is opened again. */
export function startLive(): void {
  stream?.close();
  stream = openStream({
    url: pathOf("live", { seconds: windowSeconds.value }),
    onState(state) {
      const wasLost = connection.value === "lost";
      connection.value = state;
      if (state === "open" && wasLost) void loadSession();
    },
    messages: {
      overview: (data) => {
        overview.value = data as Overview;
      },
      events: (data) => takeEvents(data as EventPage),
      notice: (data) => {
        notice.value = (data as Notice).text;
      },
    },
  });
}

/** The last figures stay until the first ones of the other window arrive. */
export function chooseWindow(seconds: number): void {
  windowSeconds.value = seconds;
  startLive();
}

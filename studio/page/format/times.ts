import { formatDuration } from "./durations";

const clock = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const dayAndClock = new Intl.DateTimeFormat("en", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

const longestTime = 8.64e15;

/** Returns "03:12:44.120", by the clock of the browser. */
export function formatTime(at: number): string {
  if (!(Math.abs(at) <= longestTime)) return "–";
  return `${clock.format(at)}.${String(Math.floor(at % 1000)).padStart(3, "0")}`;
}

/** Returns "Nov 28, 2026, 03:12:44". */
export function formatDate(at: number): string {
  return Math.abs(at) <= longestTime ? dayAndClock.format(at) : "–";
}

/**
 * Returns "4 s ago", "just now". A time in the future, from a clock that is ahead, is "just now"
 * too.
 */
export function formatAgo(at: number, now: number): string {
  const passed = now - at;
  return passed < second ? "just now" : `${formatDuration(passed)} ago`;
}

const second = 1000;

import ms from "ms";

type Unit = "ms" | "s" | "m" | "h" | "d" | "w";

// Narrower than what `ms` reads: a unit is required, and "M" or "years" would be guesses.
const grammar = /^\d+(?:\.\d+)? ?(?:ms|s|m|h|d|w)$/;

const longest = ms("365d");

const units: readonly (readonly [Unit, number])[] = [
  ["w", ms("1w")],
  ["d", ms("1d")],
  ["h", ms("1h")],
  ["m", ms("1m")],
  ["s", ms("1s")],
];

/** Whole milliseconds, from 1 to those of 365 days. Null for all that is not a number with a unit: `60`, `-1s`, `0m`. */
export function parseDuration(text: string): number | null {
  if (!grammar.test(text)) return null;
  // `ms` gives undefined above 100 characters, which is not a number in range either.
  const duration = Math.round(ms(text as ms.StringValue));
  return duration >= 1 && duration <= longest ? duration : null;
}

/** The shortest exact form that needs no fraction: `10m`, `90s`, `250ms`. */
export function formatDuration(duration: number): string {
  for (const [unit, size] of units) {
    if (duration >= size && duration % size === 0) return `${duration / size}${unit}`;
  }
  return `${duration}ms`;
}

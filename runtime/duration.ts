import type { StringValue } from "ms";

type Unit = "ms" | "s" | "m" | "h" | "d" | "w";

// The grammar is narrower than that of `ms`: a unit is required, and "M" or "years" would be
// guesses.
const grammar = /^\d+(?:\.\d+)? ?(?:ms|s|m|h|d|w)$/;

const day = 24 * 3_600_000;
const longest = 365 * day;

const units: readonly (readonly [Unit, number])[] = [
  ["w", 7 * day],
  ["d", day],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
];

/**
 * Parses a duration into whole milliseconds, from 1 to those of 365 days. Returns null for anything
 * that is not a number with a unit: `60`, `-1s`, `0m`.
 */
export function parseDuration(text: string): number | null {
  if (!grammar.test(text)) return null;
  // Loaded on first use, because most durations are parsed by the compiler.
  const ms = require("ms") as typeof import("ms");
  // `ms` returns undefined above 100 characters, which is not a number in range either.
  const duration = Math.round(ms(text as StringValue));
  return duration >= 1 && duration <= longest ? duration : null;
}

// A result's number is written as JavaScript writes it: `1e-7s`.
const resultGrammar = /^\d+(?:\.\d+)?(?:e[+-]?\d+)? ?(?:ms|s|m|h|d|w)$/;

/**
 * Parses the time to live that a result states, into whole milliseconds. Less than half a
 * millisecond, which includes negative times, is 0, and is not stored. Returns null for anything
 * that is not a number with a unit, or is above 365 days.
 */
export function parseResultDuration(text: string): number | null {
  if (text.startsWith("-")) return 0;
  if (!resultGrammar.test(text)) return null;
  const unit = /[a-z]+$/.exec(text)?.[0] as Unit;
  const size = units.find(([name]) => name === unit)?.[1] ?? 1;
  const duration = Math.max(Math.round(parseFloat(text) * size), 0);
  return duration <= longest ? duration : null;
}

/** Returns the shortest exact form that needs no fraction: `10m`, `90s`, `250ms`. */
export function formatDuration(duration: number): string {
  for (const [unit, size] of units) {
    if (duration >= size && duration % size === 0) return `${duration / size}${unit}`;
  }
  return `${duration}ms`;
}

/**
 * Returns the default time to live of null and undefined: a tenth, because what doesn't exist may
 * soon exist, but at least 1s, because crawlers ask for it all the time.
 */
export function defaultNullTtlMs(ttlMs: number): number {
  return Math.max(Math.min(300_000, Math.floor(ttlMs / 10)), 1_000);
}

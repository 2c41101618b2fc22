import { type Clock, neverSetBack, systemClock } from "./clock";
import { parseDuration } from "./duration";
import { ConfigError } from "./errors";
import { optionAdvice, type OptionRow, type Place } from "./options";

/**
 * Returns the value itself, or null if it is left out.
 * @param owner precedes the message: `TieredBackend: `
 */
export function checkOption<T>(
  name: string,
  value: T,
  isValid: (value: unknown) => boolean,
  must: string,
  owner?: string,
): Checked<T>;
export function checkOption<T>(
  name: string,
  value: T | undefined,
  isValid: (value: unknown) => boolean,
  must: string,
  owner = "",
): T | null {
  if (value === undefined) return null;
  if (isValid(value)) return value;
  throw new ConfigError(`${owner}"${name}" ${must}, but got: ${show(value)}.`);
}

/** Undefined becomes null. */
type Checked<T> = undefined extends T ? Exclude<T, undefined> | null : T;

/** @param owner precedes the message: `MemoryBackend: ` */
export function resolveCount(name: string, value: number, owner = ""): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ConfigError(
    `${owner}"${name}" must be a whole number of at least 1, but got: ${show(value)}.`,
  );
}

/** Returns whole milliseconds, or null if the option is left out. */
export function resolveDuration(name: string, text: string): number;
export function resolveDuration(name: string, text: string | undefined): number | null;
export function resolveDuration(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = typeof text === "string" ? parseDuration(text) : null;
  if (ms !== null) return ms;
  throw new ConfigError(
    `"${name}" must be a duration with a unit, such as "30s", "10m" or "1h", at most "365d", but got: ${show(text)}.`,
  );
}

export const isBoolean = (value: unknown): boolean => typeof value === "boolean";
export const isFunction = (value: unknown): boolean => typeof value === "function";
export const isName = (value: unknown): boolean => typeof value === "string" && value !== "";

/**
 * Whether the value has these methods. Objects count, not only instances of zcache's classes,
 * because users may bring their own.
 */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}

/** Returns a given value as messages print it. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object" || value === null) return String(value);
  const name = value.constructor?.name;
  return name === undefined || name === "Object" ? "an object" : `an instance of ${name}`;
}

/** Returns the clock that was given, or the system's, as one that is never set back. */
export function resolveClock(given: Clock | undefined, owner = ""): Clock {
  return neverSetBack(
    checkOption("clock", given, isClock, "must have the functions now and after", owner) ??
      systemClock,
  );
}

const isClock = (value: unknown): boolean => hasMethods(value, ["now", "after"]);

/**
 * Finds what is wrong with a value that is given as options: it is not an object, or it has a name
 * that the place does not have. Returns a message, or null if nothing is wrong.
 *
 * @param rows the options of the place, by name
 */
export function mistakeInOptions(
  place: Place,
  rows: Readonly<Record<string, OptionRow>>,
  given: unknown,
): string | null {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return `${place} takes an object of options, but got: ${show(given)}.`;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(rows, name));
  return unknown === undefined
    ? null
    : `${place} has no option "${unknown}". ${optionAdvice(place, unknown)}`;
}

/** @throws ConfigError for what `mistakeInOptions` finds */
export function checkOptions(
  place: Place,
  rows: Readonly<Record<string, OptionRow>>,
  given: unknown,
): void {
  const mistake = mistakeInOptions(place, rows, given);
  if (mistake !== null) throw new ConfigError(mistake);
}

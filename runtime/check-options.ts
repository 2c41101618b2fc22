import { parseDuration } from "./duration";
import { ConfigError } from "./errors";
import { optionAdvice, type OptionRow, type Place } from "./options";

/** Returns the value itself, or null if it is left out. */
export function checkOption<T>(name: string, value: T, isValid: (value: unknown) => boolean, must: string): Checked<T>;
export function checkOption<T>(
  name: string,
  value: T | undefined,
  isValid: (value: unknown) => boolean,
  must: string,
): T | null {
  if (value === undefined) return null;
  if (isValid(value)) return value;
  throw new ConfigError(`"${name}" ${must}, but got: ${show(value)}.`);
}

/** Null replaces undefined. */
type Checked<T> = undefined extends T ? Exclude<T, undefined> | null : T;

/** @param owner precedes the message: `MemoryBackend: ` */
export function resolveCount(name: string, value: number, owner = ""): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ConfigError(`${owner}"${name}" must be a whole number of at least 1, but got: ${show(value)}.`);
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

/**
 * Throws a ConfigError for the first name that is not an option of the place.
 * @param rows the options of the place, by name
 * @param refuse returns what is wrong with a name, as a sentence
 */
export function checkOptionNames(
  place: Place,
  rows: Readonly<Record<string, OptionRow>>,
  given: object,
  refuse: (name: string) => string,
): void {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(rows, name)) throw new ConfigError(`${refuse(name)} ${optionAdvice(place, name)}`);
}

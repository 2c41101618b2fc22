import { codecNames } from "../../runtime/plan";
import { optionAdvice, type OptionRow, optionsAt } from "../../runtime/options";
import { nearest } from "../../runtime/suggest";
import { checkGrades, type Grade } from "./rules";

/** The options in the plugin entry of tsconfig, besides those that ts-patch reads. */
export interface PluginOptions {
  /** The namespace of all keys that don't name one. */
  readonly namespace: string | null;
  /** The names of codecs that a directive may use. */
  readonly codecs: readonly string[];
  /**
   * The codec that `configure` sets for the default cache, which only the program itself knows. If
   * null, json is assumed.
   */
  readonly codec: string | null;
  /** The folder, relative to package.json, that module names start at. */
  readonly root: string;
  /**
   * Puts the fingerprint of its return type into the key of every function that does not say
   * `version: none`.
   */
  readonly version: "auto" | null;
  /** The checks that are turned off, down or up, by name. */
  readonly checks: Readonly<Record<string, Grade | "off">>;
}

/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof PluginOptions, OptionRow>> = optionsAt("plugin");
const hostNames = [
  "name",
  "transform",
  "transformProgram",
  "import",
  "type",
  "after",
  "afterDeclarations",
  "resolvePathAliases",
  "tsConfig",
  "isEsm",
];

/**
 * Whether an entry of tsconfig's `plugins` is zcache's. The editor and the hosts need the name;
 * tspc needs `transform`.
 */
export function isPluginEntry({ name, transform }: Readonly<Record<string, unknown>>): boolean {
  return name === "zcache" || (typeof transform === "string" && /^zcache\b/.test(transform));
}

/** The entry that `tspc` needs, and every other host that compiles through ts-patch. */
export const entryForTspc =
  '{ "name": "zcache", "transform": "zcache/transformer", "transformProgram": true }';

/**
 * Returns why `tspc` can't use the entry, as the end of a sentence, or null if it can, or isn't
 * meant to.
 */
export function mistakeForTspc({
  transform,
  transformProgram,
}: Readonly<Record<string, unknown>>): string | null {
  if (transform === undefined) return null;
  if (transform !== "zcache/transformer")
    return `has ${JSON.stringify(transform)} for its "transform", which must be "zcache/transformer"`;
  return transformProgram === true ? null : 'needs "transformProgram": true beside its "transform"';
}

/** @throws TypeError for an option that does not exist or has an impossible value */
export function resolvePluginOptions(raw: Readonly<Record<string, unknown>>): PluginOptions {
  checkNames(raw);
  const ownCodecs = valueOf(raw, "codecs", isListOfTexts, "a list of names") ?? [];
  const codecs = [...codecNames, ...ownCodecs];
  const isCodec = (value: unknown): value is string => isText(value) && codecs.includes(value);
  return {
    namespace: valueOf(raw, "namespace", isName, "a string of at least one character"),
    codecs,
    codec: valueOf(raw, "codec", isCodec, `one of ${codecs.join(", ")}`),
    root: valueOf(raw, "root", isText, "a folder's path") ?? String(rows.root.default),
    version: valueOf(raw, "version", isAuto, '"auto"'),
    checks: resolveChecks(raw["checks"] ?? {}),
  };
}

function checkNames(raw: Readonly<Record<string, unknown>>): void {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw))
    throw new TypeError(
      `zcache: the plugin entry must be an object of options, but is: ${JSON.stringify(raw)}.`,
    );
  for (const name of Object.keys(raw)) {
    if (Object.hasOwn(rows, name) || hostNames.includes(name)) continue;
    const near = nearest(name, [...Object.keys(rows), ...hostNames]);
    const advice = near === null ? optionAdvice("plugin", name) : `Did you mean "${near}"?`;
    throw new TypeError(`zcache: unknown option "${name}" in the plugin entry. ${advice}`);
  }
}

/** Returns the value of an option, or null if it is left out. */
function valueOf<T>(
  raw: Readonly<Record<string, unknown>>,
  name: keyof PluginOptions,
  isValid: (value: unknown) => value is T,
  must: string,
): T | null {
  const value = raw[name];
  if (value === undefined) return null;
  if (isValid(value)) return value;
  throw invalid(name, must, value);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isName = (value: unknown): value is string => isText(value) && value !== "";
const isListOfTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(isText);
const isAuto = (value: unknown): value is "auto" => value === "auto";

function resolveChecks(raw: unknown): PluginOptions["checks"] {
  if (typeof raw !== "object" || raw === null)
    throw invalid("checks", "an object of checks and their grades", raw);
  for (const [name, grade] of Object.entries(raw)) {
    if (!checkGrades.has(name)) {
      const near = nearest(name, [...checkGrades.keys()]);
      throw new TypeError(
        `zcache: unknown check "${name}" in the plugin entry. ${near ? `Did you mean "${near}"?` : `Checks: ${[...checkGrades.keys()].join(", ")}.`}`,
      );
    }
    if (grade !== "off" && grade !== "hint" && grade !== "error")
      throw invalid(`checks.${name}`, '"off", "hint" or "error"', grade);
  }
  return raw as PluginOptions["checks"];
}

function invalid(option: string, must: string, value: unknown): TypeError {
  return new TypeError(
    `zcache: "${option}" in the plugin entry must be ${must}, but got: ${JSON.stringify(value)}.`,
  );
}

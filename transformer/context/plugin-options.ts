import { codecNames } from "../../runtime/plan";
import { optionAdvice, type OptionRow, optionsAt } from "../../runtime/options";
import { nearest } from "../../runtime/suggest";
import { checkGrades, type Grade } from "./rules";

/** What stands in the plugin entry of tsconfig, besides what ts-patch reads. */
export interface PluginOptions {
  /** Namespace of all keys that name none. */
  readonly namespace: string | null;
  /** Names of codecs that a directive may use. */
  readonly codecs: readonly string[];
  /** What `configure` sets as the codec of the default cache: only the program itself knows it. Null: json, as far as anybody can tell. */
  readonly codec: string | null;
  /** The folder, relative to package.json, that module names start at. */
  readonly root: string;
  /** Put the fingerprint of its return type into the key of every function that does not say `version: none`. */
  readonly version: "auto" | null;
  /** Checks turned off, down or up, by name. */
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

/** An entry of tsconfig's `plugins` that is ours: the name is what the editor needs, and hosts; `transform` is what tspc needs. */
export function isPluginEntry({ name, transform }: Readonly<Record<string, unknown>>): boolean {
  return name === "zcache" || (typeof transform === "string" && /^zcache\b/.test(transform));
}

/** @throws TypeError for an option that does not exist or has an impossible value */
export function resolvePluginOptions(raw: Readonly<Record<string, unknown>>): PluginOptions {
  for (const name of Object.keys(raw)) {
    if (Object.hasOwn(rows, name) || hostNames.includes(name)) continue;
    throw new TypeError(`zcache: unknown option "${name}" in the plugin entry. ${optionAdvice("plugin", name)}`);
  }
  const { namespace, codecs, codec, root, version } = raw;
  if (version !== undefined && version !== "auto") throw invalid("version", '"auto"', version);
  if (namespace !== undefined && (typeof namespace !== "string" || namespace === ""))
    throw invalid("namespace", "a string of at least one character", namespace);
  if (root !== undefined && typeof root !== "string") throw invalid("root", "a folder's path", root);
  if (codecs !== undefined && !(Array.isArray(codecs) && codecs.every((codec) => typeof codec === "string"))) {
    throw invalid("codecs", "a list of names", codecs);
  }
  const knownCodecs = [...codecNames, ...(codecs ?? [])];
  if (codec !== undefined && !(typeof codec === "string" && knownCodecs.includes(codec)))
    throw invalid("codec", `one of ${knownCodecs.join(", ")}`, codec);
  return {
    namespace: namespace ?? null,
    codecs: knownCodecs,
    codec: codec ?? null,
    root: root ?? String(rows.root.default),
    version: version ?? null,
    checks: resolveChecks(raw["checks"] ?? {}),
  };
}

function resolveChecks(raw: unknown): PluginOptions["checks"] {
  if (typeof raw !== "object" || raw === null) throw invalid("checks", "an object of checks and their grades", raw);
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
  return new TypeError(`zcache: "${option}" in the plugin entry must be ${must}, but got: ${JSON.stringify(value)}.`);
}

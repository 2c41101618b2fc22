import { dirname, relative } from "node:path";
import { entryForTspc, mistakeForTspc } from "../context/plugin-options";
import { describeReplacedEntry, readReferencedTsconfig, readTsconfig } from "../hosts/tsconfig";
import { findHosts } from "./find-hosts";
import { nearestFolderWith } from "./find-config";

export interface EntryFinding {
  /** A hint reports something that may be intended. */
  readonly grade: "error" | "hint";
  readonly message: string;
}

/**
 * Whether the zcache entry of a config has an effect. Nothing else would report that it has none: a
 * compiler that finds no entry that it can use compiles every function uncached, without a message.
 *
 * @param solution the config that references it, and whose entry a bundler may use
 * @throws Error if the entry has an option that doesn't exist
 */
export function examineEntry(
  configFile: string,
  directory: string,
  solution = configFile,
): EntryFinding | null {
  const { entry, replaced } = readTsconfig(configFile);
  const shown = relative(directory, configFile).replaceAll("\\", "/") || configFile;
  if (replaced !== null)
    return {
      grade: "error",
      message: describeReplacedEntry(shown, relative(directory, replaced).replaceAll("\\", "/")),
    };
  const folder = nearestFolderWith(dirname(configFile), "package.json");
  const isBuiltByTspc = folder !== null && findHosts(folder)?.isBuiltByTspc === true;
  const isInherited = !isBuiltByTspc && readReferencedTsconfig(solution, configFile).entry !== null;
  if (entry === null && isInherited) return null;
  if (entry === null)
    return {
      grade: isBuiltByTspc ? "error" : "hint",
      message: isBuiltByTspc
        ? `${shown} has no zcache entry in its "plugins", so tspc compiles every function of it uncached. Add ${entryForTspc}.`
        : `${shown} has no zcache entry in its "plugins", so every option has its default. tspc would compile its functions uncached.`,
    };
  // Every other host needs only the entry's name and options.
  if (!isBuiltByTspc) return null;
  const mistake = mistakeForTspc(entry);
  if (mistake !== null)
    return { grade: "error", message: `The zcache entry of ${shown} ${mistake}.` };
  if (entry["transform"] !== undefined) return null;
  return {
    grade: "error",
    message: `The zcache entry of ${shown} has no "transform", so tspc compiles every function of it uncached. Write ${entryForTspc}.`,
  };
}

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { hasDirective } from "../context/concern";
import { ModuleNames } from "../context/module-name";
import { type Tsconfig } from "../hosts/tsconfig";
import { settingsStamp } from "../program/settings-stamp";
import { packages } from "../text/packages";

/** The parts in use of what incremental builds write. */
interface BuildInfo {
  readonly fileNames?: readonly string[];
  readonly fileInfos?: readonly (string | { readonly version?: string })[];
}

/**
 * Returns the annotated sources that an incremental build has compiled without zcache, or with
 * another version of it, other options or another name of the package. `tsc -b` and `tspc -b` look
 * only at times, and take such output for current.
 *
 * @param folders where the build may have written its .tsbuildinfo
 * @param isBuiltByTspc whether output of plain tsc is wrong: zcache build writes the cache into it
 */
export function findOutdated(
  folders: readonly string[],
  { options }: Tsconfig,
  isBuiltByTspc: boolean,
): readonly string[] {
  const names = new ModuleNames(packages, options.root, options.namespace);
  return folders.flatMap(buildInfosIn).flatMap((path) => {
    const { fileNames = [], fileInfos = [] } = readBuildInfo(path);
    return fileNames.flatMap((name, i) => {
      const file = resolve(dirname(path), name);
      const info = fileInfos[i];
      const version = typeof info === "string" ? info : info?.version;
      if (version === undefined || /\.d\.[cm]?ts$/.test(name) || !isAnnotated(file)) return [];
      const [, stamp] = version.split("-");
      if (stamp === undefined && !isBuiltByTspc) return [];
      return stamp === settingsStamp(options, names.nameOf(file).text) ? [] : [file];
    });
  });
}

function buildInfosIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".tsbuildinfo"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readBuildInfo(path: string): BuildInfo {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as BuildInfo;
  } catch {
    return {};
  }
}

function isAnnotated(file: string): boolean {
  try {
    return hasDirective(readFileSync(file, "utf8"));
  } catch {
    return false;
  }
}

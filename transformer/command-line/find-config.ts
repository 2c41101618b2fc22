import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { UsageError } from "./command";

/** @throws UsageError */
export function findConfig(directory: string, given: string | undefined): string {
  if (given === undefined) {
    const found = nearestConfig(directory);
    if (found !== null) return found;
    throw new UsageError(
      "There is no tsconfig.json here or above. Name it: -p path/to/tsconfig.json.",
    );
  }
  const path = resolve(directory, given);
  const file =
    existsSync(path) && statSync(path).isDirectory() ? join(path, "tsconfig.json") : path;
  if (existsSync(file)) return file;
  throw new UsageError(`There is no ${relative(directory, file) || file}.`);
}

export function nearestConfig(directory: string): string | null {
  const folder = nearestFolderWith(directory, "tsconfig.json");
  return folder === null ? null : join(folder, "tsconfig.json");
}

/** Returns the folder itself or the nearest one above it that has such a file. */
export function nearestFolderWith(directory: string, name: string): string | null {
  if (existsSync(join(directory, name))) return directory;
  const parent = dirname(directory);
  return parent === directory ? null : nearestFolderWith(parent, name);
}

import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type PackageHost } from "../context/module-name";

interface Read {
  readonly modifiedAt: number;
  readonly text: string;
}

const read = new Map<string, Read>();

/**
 * Reads package.json files from disk. They are needed for each source, so their contents are kept
 * until the file changes.
 */
export const packages: PackageHost = {
  readFile: (path) => {
    const modifiedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modifiedAt === undefined) return undefined;
    const known = read.get(path);
    if (known?.modifiedAt === modifiedAt) return known.text;
    try {
      const text = readFileSync(path, "utf8");
      read.set(path, { modifiedAt, text });
      return text;
    } catch {
      return undefined;
    }
  },
  resolvePath: (path) => resolve(path),
};

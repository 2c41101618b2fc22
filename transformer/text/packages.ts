import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type PackageHost } from "../context/module-name";

/** Reads package.json files from disk. */
export const packages: PackageHost = {
  readFile: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  },
  resolvePath: (path) => resolve(path),
};

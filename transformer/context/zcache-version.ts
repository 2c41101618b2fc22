import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Returns the version of the package that this file is part of. Output of another version must be
 * made again.
 */
export function zcacheVersion(): string {
  const manifest = readFileSync(join(zcacheFolder(), "package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** The folder of this package. */
export function zcacheFolder(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, "package.json"))) directory = dirname(directory);
  return directory;
}

/**
 * Returns a hash of the built package's code, or null if zcache runs from its sources. A version
 * number is not enough for output that outlives a process, because two builds of zcache may have
 * the same one.
 */
export function codeHash(): string | null {
  try {
    return readFileSync(join(__dirname, "../code-hash.txt"), "utf8");
  } catch {
    return null;
  }
}

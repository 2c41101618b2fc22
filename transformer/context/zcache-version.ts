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

/** Where this package lies. */
export function zcacheFolder(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, "package.json"))) directory = dirname(directory);
  return directory;
}

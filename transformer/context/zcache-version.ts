import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Returns the version of the package that this file is part of. Output of another version must be
 * made again.
 */
export function zcacheVersion(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, "package.json"))) directory = dirname(directory);
  const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as { readonly version: string };
  return version;
}

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Of the package that this file is part of: what was made with another one must be made anew. */
export function zcacheVersion(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, "package.json"))) directory = dirname(directory);
  const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as { readonly version: string };
  return version;
}

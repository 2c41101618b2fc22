import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { type ProcessIdentity } from "./report";

/** @param name the one in `configure({ studio: { name } })` */
export function createIdentity(name: string | null, startedAt: number): ProcessIdentity {
  return {
    id: randomBytes(9).toString("base64url"),
    pid: process.pid,
    host: hostname(),
    title: name ?? basename(process.argv[1] ?? process.execPath),
    startedAt,
    node: process.version,
    zcache: ownVersion(),
  };
}

/**
 * The package's version. A bundle has no package.json beside it. The file is read and not required,
 * because bundlers warn of a module whose name is not written in the call.
 */
export function ownVersion(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    try {
      const text = readFileSync(join(__dirname, path), "utf8");
      const { name, version } = JSON.parse(text) as { name?: string; version?: string };
      if (name === "zcache" && version !== undefined) return version;
    } catch {
      // The file does not exist, or an ES module has no __dirname.
    }
  }
  return "unknown";
}

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { basename } from "node:path";
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

/** The package's version. A bundle has no package.json beside it. */
export function ownVersion(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    try {
      const { name, version } = require(path) as { name?: string; version?: string };
      if (name === "zcache" && version !== undefined) return version;
    } catch {
      // The file does not exist.
    }
  }
  return "unknown";
}

/** Provides versions of Node from npm's package `node`, without installing anything for others. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The versions that the matrix has, by their major numbers. */
export const nodes = ["20", "22", "24", "26"];

/** Returns the program of this major version, which is installed below the directory if need be. */
export async function unpackNode(major, directory) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const home = join(directory, `node-${major}`);
  const program = join(home, "node_modules/node/bin/node");
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }));
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", `node@${major}`], {
    cwd: home,
  });
  return program;
}

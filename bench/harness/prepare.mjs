import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

export const bench = fileURLToPath(new URL("..", import.meta.url));
export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Installs what is missing, builds zcache, and compiles the annotated functions as a user would.
 */
export function prepare({ build }) {
  if (!existsSync(`${bench}node_modules/ioredis`))
    run("npm", ["install", "--no-audit", "--no-fund"], bench);
  if (!existsSync(`${bench}node_modules/zcache`))
    symlinkSync("../..", `${bench}node_modules/zcache`);
  if (build) run(process.execPath, ["scripts/build.mjs"], root);
  compile(`${bench}tsconfig.json`);
}

/** Compiles with the real tspc of the main project. */
export function compile(project) {
  mkdirSync(`${bench}build`, { recursive: true });
  run(
    process.execPath,
    [createRequire(`${root}package.json`).resolve("ts-patch/bin/tspc.js"), "-p", project],
    bench,
  );
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}

import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));
export const bookshop = join(repository, "examples/bookshop");

/**
 * Prepares everything that the service needs to run: zcache's build, its place in node_modules, the
 * compiled example, the data.
 */
export function prepare(tell) {
  compileExample(bookshop, tell);
  tell("node examples/bookshop/dist/generate-data.js");
  run(process.execPath, [join(bookshop, "dist/generate-data.js")]);
}

/** Builds zcache if its build is outdated, and compiles an example with it. */
export function compileExample(folder, tell) {
  if (isBuildOutdated()) {
    tell("npm run build");
    run("npm", ["run", "build"], { shell: process.platform === "win32" });
  }
  linkZcache(folder);
  tell(`tspc -p ${relative(repository, folder)}`);
  run(process.execPath, [join(repository, "node_modules/ts-patch/bin/tspc.js"), "-p", folder]);
}

function isBuildOutdated() {
  const built = join(repository, "dist/runtime/index.js");
  if (!existsSync(built) || !existsSync(join(repository, "dist/transformer"))) return true;
  const sources = ["runtime", "transformer", "studio"].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true }).map((name) =>
      join(repository, folder, name),
    ),
  );
  const builtAt = statSync(built).mtimeMs;
  return [join(repository, "package.json"), ...sources].some(
    (path) => statSync(path).mtimeMs > builtAt,
  );
}

/**
 * Links zcache into node_modules, because the example imports "zcache" as any user does. A junction
 * needs no rights on Windows.
 */
function linkZcache(folder) {
  const link = join(folder, "node_modules/zcache");
  mkdirSync(dirname(link), { recursive: true });
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link, { recursive: true });
  symlinkSync(repository, link, "junction");
}

function run(command, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: repository,
    encoding: "utf8",
    ...options,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  throw new Error(
    `${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`,
  );
}

/** Writes the lock file of the example, from which Studio knows its templates and tags. */
export function lockExample(folder, tell) {
  tell(`zcache lock -p ${relative(repository, folder)}`);
  run(process.execPath, [
    join(repository, "dist/transformer/command-line/main.js"),
    "lock",
    "-p",
    folder,
  ]);
}

/**
 * Compiles examples/verify with the real tspc, writes its lock file, and runs it: each of its four
 * mistakes is reported by `verify`, with the right verdict. It exits with 1 if one is not.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { compileExample, repository } from "./demo.prepare.mjs";

const folder = join(repository, "examples/verify");
compileExample(folder, (step) => console.log(step));
const run = (...args) =>
  spawnSync(process.execPath, args, { cwd: folder, stdio: "inherit" }).status;
const locked = run(join(repository, "dist/transformer/command-line/main.js"), "lock");
process.exitCode = locked === 0 ? run("dist/main.js") : locked;

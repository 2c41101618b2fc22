import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Project } from "./project";

const modules = resolve(__dirname, "../../../node_modules");
const typescript = join(modules, "typescript-7");
const program = join(modules, `@typescript/typescript-${process.platform}-${process.arch}/lib/tsc`);

/** Makes TypeScript 7 the one that is installed in the project's folder. */
export function installTypescript7({ directory }: Project): void {
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  symlinkSync(typescript, join(directory, "node_modules/typescript"), "junction");
}

/**
 * Installs a TypeScript 7 whose program is a script of the shell.
 * @param script runs the real program with `"$tsc" "$@"`; null is a program that isn't there
 */
export function installBrokenTypescript7({ directory }: Project, script: string | null): void {
  const own = join(directory, "node_modules/typescript");
  mkdirSync(own, { recursive: true });
  for (const part of ["package.json", "lib"])
    cpSync(join(typescript, part), join(own, part), { recursive: true });
  for (const part of ["dist", "vendor"])
    symlinkSync(join(typescript, part), join(own, part), "junction");
  const path = join(own, "tsc.sh");
  if (script !== null) writeFileSync(path, `#!/bin/sh\ntsc="${program}"\n${script}\n`);
  if (script !== null) chmodSync(path, 0o755);
  const found = `export default () => ${JSON.stringify(path)};\n`;
  writeFileSync(join(own, "lib/getExePath.js"), found);
}

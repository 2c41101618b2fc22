import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { executableOf } from "../compilers/native/api";
import { CommandError } from "./command";

/**
 * Finds the user's own compiler, of any version, in the first of some folders that has one.
 * @throws CommandError
 */
export function findTsc(directories: readonly string[]): string {
  const [found] = directories.flatMap((directory) => installedTsc(directory) ?? []);
  if (found !== undefined) return found;
  throw new CommandError("TypeScript is not installed here. npm install --save-dev typescript");
}

function installedTsc(directory: string): string | null {
  try {
    const file = createRequire(join(directory, "package.json")).resolve("typescript/package.json");
    const { bin } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly bin: { readonly tsc: string };
    };
    return join(dirname(file), bin.tsc);
  } catch {
    return null;
  }
}

/**
 * Returns the program that the script of TypeScript 7 starts, so that no Node.js has to be started
 * in between, which takes longer than the compiler of a small project.
 */
function nativeProgram(tsc: string): string | null {
  if (majorVersion(tsc) < 7) return null;
  try {
    return executableOf(join(dirname(tsc), ".."));
  } catch {
    return null;
  }
}

export function majorVersion(tsc: string): number {
  return Number.parseInt(tscVersion(tsc), 10);
}

export function tscVersion(tsc: string): string {
  const manifest = readFileSync(join(dirname(tsc), "../package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

export function runTsc(
  tsc: string,
  args: readonly string[],
  directory: string,
  write: (text: string) => void = () => {},
): Promise<{ readonly code: number; readonly output: string }> {
  const pretty = process.stdout.isTTY && write !== undefined ? ["--pretty"] : [];
  const all = [...args, ...(args.includes("--showConfig") ? [] : pretty)];
  const native = nativeProgram(tsc);
  const [program, given] = native === null ? [process.execPath, [tsc, ...all]] : [native, all];
  const child = spawn(program, given, { cwd: directory, stdio: ["ignore", "pipe", "inherit"] });
  // A compiler that watches must not outlive this process.
  const end = (signal: NodeJS.Signals): boolean => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    output += text;
    write(text);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, end);
      resolve({ code: code ?? 1, output });
    });
  });
}

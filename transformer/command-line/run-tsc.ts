import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CommandError } from "./command";

/** Finds the user's own compiler, of any version. @throws CommandError */
export function findTsc(directory: string): string {
  try {
    const file = createRequire(join(directory, "package.json")).resolve("typescript/package.json");
    const { bin } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly bin: { readonly tsc: string };
    };
    return join(dirname(file), bin.tsc);
  } catch {
    throw new CommandError("TypeScript is not installed here. npm install --save-dev typescript");
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
  const child = spawn(
    process.execPath,
    [tsc, ...args, ...(args.includes("--showConfig") ? [] : pretty)],
    {
      cwd: directory,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
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

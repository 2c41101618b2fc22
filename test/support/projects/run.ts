import { type ChildProcess, spawn } from "node:child_process";

export interface Outcome {
  readonly code: number | null;
  /** What it printed, on both streams. */
  readonly output: string;
  /** The lines that hold a diagnostic, in order. */
  readonly diagnostics: readonly string[];
}

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Runs a script in a process of its own, and waits for its end. */
export async function run(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const child = start(args, cwd, env);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output, diagnostics: diagnosticsIn(output) };
}

/** It never outlives this process. */
export function start(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...environment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  return child;
}

export function diagnosticsIn(output: string): string[] {
  return output.split(/\r?\n/).filter((line) => / TS\d+: /.test(line));
}

/** Neither colours nor what the test runner sets for itself: ts-node's settings. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TS_NODE_|NODE_OPTIONS$|FORCE_COLOR$|ZCACHE_)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", NODE_NO_WARNINGS: "1" };
}

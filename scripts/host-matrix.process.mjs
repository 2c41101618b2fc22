/**
 * Runs the commands that a user of a host would run: once, or in the background until they are
 * stopped.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

function spawnIn(command, cwd, env = {}) {
  const [name, ...args] = command.split(" ");
  const child = spawn(programOf(name, cwd), args, {
    cwd,
    env: {
      ...process.env,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      CI: "1",
      NODE_OPTIONS: "",
      NEXT_TELEMETRY_DISABLED: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // Watchers start processes of their own, which end with their group.
    detached: true,
  });
  const said = { output: "" };
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => (said.output += chunk));
  return { child, said };
}

function programOf(name, cwd) {
  const node24 = process.env.NODE_24 ?? join(cwd, "node_modules/node/bin/node");
  return (
    { node: process.execPath, node24, npx: "npx", npm: "npm" }[name] ??
    join(cwd, "node_modules/.bin", name)
  );
}

const debuggerScript = fileURLToPath(new URL("host-matrix.breakpoint.mjs", import.meta.url));

/**
 * Runs a program until it stops at a place, "service.ts:8:id", and resolves to what a debugger
 * shows there.
 */
export function stopAt(place, command, cwd, env) {
  const [name, ...args] = command.split(" ");
  const debugged = [programOf(name, cwd), ...args].join(" ");
  return run(`node --experimental-websocket ${debuggerScript} ${place} ${debugged}`, cwd, env);
}

/** Resolves to the output and the exit code, after five minutes at the latest. */
export async function run(command, cwd, env) {
  const { child, said } = spawnIn(command, cwd, env);
  const timer = setTimeout(() => endGroup(child), 300_000);
  const [code] = await Promise.race([
    once(child, "close"),
    once(child, "error").then(([error]) => Promise.reject(error)),
  ]);
  clearTimeout(timer);
  return { code, output: said.output };
}

export function start(command, cwd, env) {
  const { child, said } = spawnIn(command, cwd, env);
  const closed = once(child, "close");
  return {
    get output() {
      return said.output;
    },
    async stop() {
      endGroup(child);
      await closed;
    },
  };
}

function endGroup({ pid }) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The process has ended by itself.
  }
}

/** Asks again until there is an answer. Returns null if there was none in time. */
export async function until(ask, ms) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return null;
}

/** Returns the last result that the project has printed. */
export function resultIn(output) {
  const line = [...output.matchAll(/RESULT (\{.*\})/g)].at(-1)?.[1];
  return line ? JSON.parse(line) : null;
}

export async function npm(args, cwd) {
  const { code, output } = await run(`npm ${args.join(" ")}`, cwd, { CI: "" });
  if (code !== 0) throw new Error(`npm ${args.join(" ")}\n${output}`);
  return output;
}

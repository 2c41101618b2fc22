import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { startRedis } from "../support/redis";
import { limits, type Part } from "./limits";
import { casesBetweenNotes, type Failure, type Line, type SubjectTally } from "./tally";

export interface FuzzOptions {
  readonly seed: number;
  /** The number of the first case. */
  readonly from: number;
  readonly cases: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzResult {
  readonly tallies: ReadonlyMap<string, SubjectTally>;
  readonly failures: readonly Failure[];
}

const casesInAProcess = 10_000;
/** A case that takes this long never ends. */
const patienceMs = 120_000;
const root = join(__dirname, "../..");

/**
 * Runs the cases in processes with little memory, one after the other. A process that ends early is
 * a failure.
 */
export async function runFuzz({ seed, from, cases, onProgress }: FuzzOptions): Promise<FuzzResult> {
  const cacheFolder = join(root, "node_modules/.cache");
  mkdirSync(cacheFolder, { recursive: true });
  // The folder is within the project, so that the code finds its packages.
  const directory = mkdtempSync(join(cacheFolder, "zcache-fuzz-"));
  const redis = await startRedis();
  const tallies = new Map<string, SubjectTally>();
  const failures: Failure[] = [];
  try {
    const script = buildChild(directory);
    for (let at = from; at < from + cases && failures.length === 0; at += casesInAProcess) {
      const to = Math.min(from + cases, at + casesInAProcess);
      for (const part of ["bytes", "commands"] as const) {
        const run = (first: number, end: number): Promise<Line> =>
          runChild(script, part, [seed, first, end], `redis://127.0.0.1:${redis.port}`, directory);
        const line = await run(at, to);
        for (const failure of line.failures) {
          // A failure that is due to the bytes also occurs in a process of their own.
          const isDue =
            !failure.isCost || (await run(failure.number, failure.number + 1)).failures.length > 0;
          if (isDue) failures.push(failure);
        }
        for (const [name, tally] of line.tallies) add(tallies, name, tally);
      }
      onProgress?.(to - from);
    }
  } finally {
    await redis.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  return { tallies, failures };
}

/**
 * The child is plain JavaScript, because a compiler would take more memory than the cases may take.
 */
function buildChild(directory: string): string {
  const outfile = join(directory, "child.js");
  buildSync({
    entryPoints: [join(__dirname, "child.ts")],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    banner: { js: '"use strict";' },
  });
  return outfile;
}

async function runChild(
  script: string,
  part: Part,
  range: readonly number[],
  redisUrl: string,
  directory: string,
): Promise<Line> {
  const progressPath = join(directory, "progress");
  writeFileSync(progressPath, String(range[1]));
  const flags = [`--max-old-space-size=${limits[part].heapMegabytes}`, "--expose-gc"];
  const args = [...flags, script, ...range.map(String), part, redisUrl, progressPath, directory];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killOnExit = (): void => void child.kill("SIGKILL");
  process.once("exit", killOnExit);
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const readPlace = (): string => {
    try {
      return readFileSync(progressPath, "utf8").trim();
    } catch {
      return "";
    }
  };
  let lastPlace = "";
  const watch = setInterval(() => {
    const current = readPlace();
    if (current === lastPlace) child.kill("SIGKILL");
    lastPlace = current;
  }, patienceMs);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearInterval(watch);
  process.off("exit", killOnExit);
  if (code === 0) return JSON.parse(output) as Line;
  const problem = `The process ended (${signal ?? code}) at this case, or within ${casesBetweenNotes} behind it:\n${errors.slice(0, 2_000)}`;
  return { tallies: [], failures: [{ number: Number(readPlace()), name: "", problem, bytes: "" }] };
}

function add(tallies: Map<string, SubjectTally>, name: string, tally: SubjectTally): void {
  const before = tallies.get(name);
  tallies.set(name, {
    cases: (before?.cases ?? 0) + tally.cases,
    values: (before?.values ?? 0) + tally.values,
    slowestMs: Math.max(before?.slowestMs ?? 0, tally.slowestMs),
    mostBytesEach: Math.max(before?.mostBytesEach ?? 0, tally.mostBytesEach),
  });
}

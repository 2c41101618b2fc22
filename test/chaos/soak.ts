import { fork } from "node:child_process";
import { join } from "node:path";
import type { CompiledWorkers } from "./compile-workers";
import { findGrowth } from "./growth";
import { startStandalone } from "./scenarios/standalone";

export const soakBackends = ["memory", "redis", "tiered"] as const;

export interface SoakConfig {
  readonly backend: (typeof soakBackends)[number];
  readonly operations: number;
  readonly samples: number;
  readonly seed: number;
  readonly port: number;
}

/**
 * The resources that the process holds when nothing is under way and garbage has been collected.
 */
export interface Sample {
  readonly operations: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly handles: number;
  readonly listeners: number;
  readonly loads: number;
}

export interface SoakOptions {
  readonly operations: number;
  readonly seed: number;
  readonly maxHeapMegabytes: number;
  readonly samples?: number;
  readonly onSample?: (sample: Sample) => void;
}

/**
 * There is room for more than the test's entries, so that Redis evicts some, but none of its limits
 * is the test's.
 */
const serverArguments = ["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"];

/**
 * Runs everything in a process of its own with a small heap. Returns in sentences what has grown.
 */
export async function soak(
  backend: SoakConfig["backend"],
  workers: CompiledWorkers,
  { operations, seed, maxHeapMegabytes, samples: count = 20, onSample }: SoakOptions,
): Promise<string[]> {
  const stage = await startStandalone({ args: serverArguments });
  const child = fork(join(workers.main, "../soak.js"), [], {
    execArgv: ["--expose-gc", `--max-old-space-size=${maxHeapMegabytes}`, "--enable-source-maps"],
  });
  try {
    const samples: Sample[] = [];
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.on("message", (sample: Sample) => {
      samples.push(sample);
      onSample?.(sample);
      // Redis closes all connections but this one, so that a leak of a reconnection would show.
      void stage.admin
        .call("CLIENT", "KILL", "TYPE", "normal")
        .then(() => child.connected && child.send("on"));
    });
    const config: SoakConfig = {
      backend,
      operations,
      samples: count,
      seed,
      port: stage.server.port,
    };
    child.send(config);
    const code = await exited;
    if (code !== 0)
      return [
        `The process ended with ${code} after ${samples.at(-1)?.operations ?? 0} operations.`,
      ];
    return findGrowth(samples);
  } finally {
    child.kill("SIGKILL");
    await stage.stop();
  }
}

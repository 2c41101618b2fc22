/**
 * Checks that nothing accumulates: `npm run soak -- --operations 10000000 [--seed S] [--heap
 * MEGABYTES]` runs a third on each backend, in a process with a heap limit. It prints what it holds
 * at intervals, and its exit code is 1 if something grew.
 */
import { parseArgs } from "node:util";
import { compileWorkers } from "../test/chaos/compile-workers";
import { type Sample, soak, soakBackends } from "../test/chaos/soak";

const { values } = parseArgs({
  options: { operations: { type: "string" }, seed: { type: "string" }, heap: { type: "string" } },
});

function count(name: keyof typeof values, standard: number): number {
  const value = Number(values[name] ?? standard);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} is ${values[name]}; it must be a whole number above 0.`);
}

function printRow(cells: readonly (string | number)[]): void {
  console.log(cells.map((cell) => String(cell).padStart(12)).join(""));
}

function printSample(sample: Sample): void {
  const megabytes = [sample.heapBytes, sample.externalBytes].map((bytes) =>
    (bytes / 1e6).toFixed(2),
  );
  printRow([sample.operations, ...megabytes, sample.handles, sample.listeners, sample.loads]);
}

async function main(): Promise<number> {
  const operations = Math.ceil(count("operations", 10_000_000) / soakBackends.length);
  const maxHeapMegabytes = count("heap", 64);
  const seed = count("seed", 1);
  // The server and the process end when this one does.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  const workers = compileWorkers();
  let grew = false;
  try {
    for (const backend of soakBackends) {
      console.log(`\n${backend}: ${operations} operations, heap limit ${maxHeapMegabytes} MB`);
      printRow(["operations", "heap MB", "external MB", "handles", "listeners", "left loads"]);
      const startedAt = Date.now();
      const growth = await soak(backend, workers, {
        operations,
        seed,
        maxHeapMegabytes,
        onSample: printSample,
      });
      const seconds = (Date.now() - startedAt) / 1_000;
      console.log(`${growth.length === 0 ? "flat" : growth.join(" ")} (${seconds.toFixed(0)} s)`);
      grew ||= growth.length > 0;
    }
  } finally {
    workers.remove();
  }
  return grew ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);

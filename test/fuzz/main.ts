/**
 * Runs `npm run fuzz -- --cases N --seed S [--from K]`, which docs/security.md describes. `--cases
 * 1 --from K` runs one case again.
 */
import { parseArgs } from "node:util";
import { limits } from "./limits";
import { type FuzzOptions, runFuzz } from "./run-fuzz";

function parse(args: readonly string[]): FuzzOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { cases: { type: "string" }, seed: { type: "string" }, from: { type: "string" } },
  });
  const whole = (name: "cases" | "seed" | "from", otherwise: number): number => {
    const number = Number(values[name] ?? otherwise);
    if (!Number.isSafeInteger(number) || number < 0)
      throw new Error(`--${name} is ${values[name]}; it must be a whole number from 0 on.`);
    return number;
  };
  return {
    cases: whole("cases", 100_000),
    seed: whole("seed", Date.now() % 1_000_000),
    from: whole("from", 0),
  };
}

async function main(options: FuzzOptions): Promise<number> {
  const { mostMs, mostBytesBesides, mostBytesEach, heapMegabytes } = limits.bytes;
  console.log(`seed ${options.seed}, ${options.cases} cases, a heap of ${heapMegabytes} MB`);
  const onProgress = (done: number): void => {
    console.log(`${done} cases`);
  };
  const { tallies, failures } = await runFuzz({ ...options, onProgress });
  console.log(`\n${"subject".padEnd(32)}   cases  values  misses  slowest ms`);
  let cases = 0;
  for (const [name, { cases: count, values, slowestMs }] of [...tallies].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )) {
    cases += count;
    const cells = [count, values, count - values].map((cell) => String(cell).padStart(7));
    console.log(`${name.padEnd(32)} ${cells.join(" ")} ${slowestMs.toFixed(1).padStart(11)}`);
  }
  const most = Math.max(0, ...[...tallies.values()].map((tally) => tally.mostBytesEach));
  console.log(
    `\n${cases} cases; the limits are ${mostMs} ms, and ${mostBytesBesides} bytes and ${mostBytesEach} for each byte; ` +
      `the most was ${most.toFixed(0)} for each`,
  );
  for (const { number, name, problem, bytes } of failures)
    console.log(`\n✗ case ${number}, ${name}: ${problem}\n  ${JSON.stringify(bytes)}`);
  console.log(failures.length === 0 ? "Everything holds." : `${failures.length} failures`);
  return failures.length === 0 ? 0 : 1;
}

async function start(): Promise<number> {
  // The server and the process with the cases end when this process is gone, however it ends.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  return main(parse(process.argv.slice(2)));
}

start().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);

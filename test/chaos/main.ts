/**
 * Runs `npm run chaos -- --minutes N --seed S [--scenario NAME]`, which docs/chaos.md describes.
 */
import { parseArgs } from "node:util";
import { compileWorkers } from "./compile-workers";
import { stampede } from "./herd";
import { findFailures, type Outcome, runScenario } from "./run-scenario";
import { scenarios } from "./scenarios";
import { add, printTable, type Summary, summarize } from "./summary";

const longestRunSeconds = 30;
const shortestRunSeconds = 4;
const onceSeconds = 4;

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly scenario: string | undefined;
}

function parse(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string" },
      seed: { type: "string" },
      scenario: { type: "string" },
    },
  });
  const minutes = Number(values.minutes ?? 5);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!(minutes > 0))
    throw new Error(`--minutes is ${values.minutes}; it must be a number above 0.`);
  if (!Number.isInteger(seed))
    throw new Error(`--seed is ${values.seed}; it must be a whole number.`);
  const names = scenarios.map(({ name }) => name);
  if (values.scenario !== undefined && !names.includes(values.scenario)) {
    throw new Error(`--scenario is ${values.scenario}. Scenarios: ${names.join(", ")}.`);
  }
  return { minutes, seed, scenario: values.scenario };
}

async function main({ minutes, seed, scenario }: Options): Promise<boolean> {
  const chosen = scenarios.filter(({ name }) => scenario === undefined || name === scenario);
  const endsAt = Date.now() + minutes * 60_000;
  const share = (minutes * 60) / chosen.length;
  const seconds = Math.min(longestRunSeconds, Math.max(shortestRunSeconds, share * 0.8));
  const summaries = new Map<string, Summary>();
  const workers = compileWorkers();
  try {
    console.log(`seed ${seed}, ${minutes} minutes, ${chosen.length} scenarios`);
    let run = 0;
    do {
      for (const one of chosen) {
        // Each scenario has had its turn before any of them is left out.
        if (Date.now() >= endsAt && summaries.has(one.name)) break;
        const summary = summaries.get(one.name) ?? summarize(one.name);
        summaries.set(one.name, summary);
        // If servers start anew for each fault, there are several short runs in the time of a long
        // one.
        const runs = one.once ? Math.max(1, Math.floor(seconds / onceSeconds / 2)) : 1;
        for (let i = 0; i < runs; i++) {
          progress(`${one.name}: ${one.what} …`);
          const runSeed = seed + run++;
          const outcome = await runScenario(one, workers, {
            seed: runSeed,
            seconds: one.once ? Math.min(seconds, onceSeconds) : seconds,
          });
          add(summary, outcome);
          progress("");
          console.log(describe(outcome, runSeed));
        }
      }
    } while (Date.now() < endsAt);
    if (scenario === undefined) console.log(await describeHerd());
  } finally {
    workers.remove();
  }
  const all = [...summaries.values()];
  console.log(`\n${printTable(all)}\n`);
  for (const { scenario, longestLagMs } of all) {
    if (scenario.startsWith("tiered"))
      console.log(
        `${scenario}: another process's invalidation went unseen for ${longestLagMs.toFixed(0)} ms at most`,
      );
  }
  const failures = all.flatMap(({ scenario, failures }) =>
    failures.map((failure) => `${scenario}: ${failure}`),
  );
  console.log(
    failures.length === 0
      ? "Everything holds."
      : `${failures.length} failures:\n${failures.join("\n")}`,
  );
  return failures.length === 0;

  async function describeHerd(): Promise<string> {
    const { processes, callers, loads, commandCount, commands, worstMs, loaderMs } = await stampede(
      workers,
      {
        ...{ seed, processes: 8, callers: 125 },
      },
    );
    return `herd: ${processes} processes × ${callers} callers of one cold key, a loader of ${loaderMs} ms: ${loads} load, ${commandCount} commands ${JSON.stringify(commands)}, the last caller after ${worstMs.toFixed(0)} ms`;
  }
}

function describe(outcome: Outcome, seed: number): string {
  const { scenario, seconds, tally, verdict, faults, recoveriesMs } = outcome;
  const recovered = recoveriesMs
    .map((one) => (one === null ? "never" : `${one.toFixed(0)} ms`))
    .join(", ");
  const parts = [
    `${scenario.padEnd(14)} seed ${seed}, ${seconds.toFixed(0)} s: ${tally.reads.length} calls, ${tally.writes.length} invalidations`,
    `${faults} faults${recovered ? ` (back after ${recovered})` : ""}`,
    `${verdict.stale.length} stale${verdict.lost.length > 0 ? `, ${verdict.lost.length} of lost invalidations` : ""}`,
  ];
  return [parts.join("; "), ...findFailures(outcome).map((failure) => `  ${failure}`)].join("\n");
}

/** Prints a line that the next one replaces, on a terminal only. */
function progress(text: string): void {
  if (process.stdout.isTTY)
    process.stdout.write(`\r\u001B[K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
}

async function start(): Promise<number> {
  // Servers and client processes end when this process is gone, however it ends.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  return (await main(parse(process.argv.slice(2)))) ? 0 : 1;
}

start().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);

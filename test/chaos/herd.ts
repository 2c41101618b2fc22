import type { CompiledWorkers } from "./compile-workers";
import { Fleet } from "./fleet";
import { monotonicMs } from "./monotonic";
import { common } from "./run-scenario";
import { startStandalone } from "./scenarios/standalone";

export interface HerdOutcome {
  readonly processes: number;
  readonly callers: number;
  readonly loads: number;
  /**
   * The commands that were sent to Redis from the first call until all callers had their value.
   * GETs within scripts can't be distinguished from others.
   */
  readonly commands: Readonly<Record<string, number>>;
  readonly commandCount: number;
  readonly worstMs: number;
  readonly loaderMs: number;
  readonly troubles: readonly string[];
}

const loaderMs = 500;
const startsInMs = 300;

/**
 * Many callers in many processes want one key that nobody has. Counts how often it is loaded, and
 * what waiting for it costs.
 */
export async function stampede(
  workers: CompiledWorkers,
  { seed, processes, callers }: { seed: number; processes: number; callers: number },
): Promise<HerdOutcome> {
  const stage = await startStandalone();
  const fleet = new Fleet(workers.main);
  try {
    for (let worker = 0; worker < processes; worker++) {
      const connection = stage.connection(worker);
      await fleet.launch({
        ...common,
        ...{
          worker,
          seed: seed + worker,
          connection,
          probeKeys: null,
          callers: 0,
          loaderMs: [loaderMs, loaderMs],
        },
        // A busy machine may start the calls of eight processes late. A fault would show as one
        // more load.
        ...{ deadlineMs: 2_000, leaseMs: 10_000 },
      });
    }
    await stage.admin.config("RESETSTAT");
    const answers = await fleet.stampede(1, callers, monotonicMs() + startsInMs);
    const commands = await countCommands(() => stage.admin.info("commandstats"));
    await fleet.stop();
    return {
      ...{ processes, callers, commands, loaderMs, loads: fleet.database.loadCount },
      commandCount: Object.values(commands).reduce((sum, count) => sum + count, 0),
      worstMs: Math.max(...answers.map(({ worstMs }) => worstMs)),
      troubles: [...fleet.tally.errors, ...fleet.tally.troubles],
    };
  } finally {
    fleet.kill();
    await stage.stop();
  }
}

async function countCommands(askInfo: () => Promise<string>): Promise<Record<string, number>> {
  const stats = [...(await askInfo()).matchAll(/cmdstat_(get|mget|del|eval|evalsha):calls=(\d+)/g)];
  return Object.fromEntries(stats.map(([, name, calls]) => [String(name), Number(calls)]));
}

import type { CompiledWorkers } from "./compile-workers";
import { Fleet } from "./fleet";
import { monotonicMs } from "./monotonic";
import { common } from "./run-scenario";
import { startStandalone } from "./scenarios/standalone";

export interface HerdOutcome {
  readonly processes: number;
  readonly callers: number;
  readonly loads: number;
  /** Commands that Redis carried out from the first call until all had their value, those within scripts left out. */
  readonly commands: Readonly<Record<string, number>>;
  readonly commandCount: number;
  readonly worstMs: number;
  readonly loaderMs: number;
  readonly troubles: readonly string[];
}

const loaderMs = 500;
const startsInMs = 300;
/** Of the connections themselves and of this measurement. */
const ownCommands = /^(hello|info|client|config|ping|auth)/;

/** Many callers in many processes want one key that nobody has: how often is it loaded, and what does the waiting cost? */
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
        ...{ worker, seed: seed + worker, connection, probeKeys: null, callers: 0, loaderMs: [loaderMs, loaderMs] },
        // A busy machine may start eight processes' calls late; a fault would be a load more.
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

/** What is called within a script isn't sent by anybody; here only GET is sent and called too. */
async function countCommands(askInfo: () => Promise<string>): Promise<Record<string, number>> {
  const stats = [...(await askInfo()).matchAll(/cmdstat_([^:]+):calls=(\d+)/g)];
  const sent = new Set(["get", "mget", "evalsha", "eval", "del", "set"]);
  const all = stats.map(([, name, calls]) => [String(name), Number(calls)] as const);
  return Object.fromEntries(all.filter(([name]) => sent.has(name) && !ownCommands.test(name)));
}

import { type Allowances, judge, type Verdict } from "./checker";
import type { CompiledWorkers } from "./compile-workers";
import { Fleet, type Tally } from "./fleet";
import { monotonicMs } from "./monotonic";
import type { WorkerConfig } from "./protocol";
import { Random } from "./random";
import type { Scenario, Stage } from "./scenario";

export interface RunOptions {
  readonly seed: number;
  /** Calls go on for this long. A recovery is waited for beyond it. */
  readonly seconds: number;
  readonly config?: Partial<WorkerConfig>;
}

export interface Outcome {
  readonly scenario: string;
  readonly seconds: number;
  readonly tally: Tally;
  readonly verdict: Verdict;
  readonly faults: number;
  /**
   * For each fault: the time from its end to the first hit in the process that was the last to have
   * one. Null means that none came.
   */
  readonly recoveriesMs: readonly (number | null)[];
  readonly latenciesMs: readonly number[];
  readonly loads: number;
  /** No call may take longer than this. */
  readonly limitMs: number;
  /** What should have happened and hasn't. */
  readonly missing: string | null;
}

const workerCount = 3;
const warmMs = 500;
const recoversWithinMs = 15_000;
const settleMs: readonly [number, number] = [200, 600];

/** Whether there are few cells that change all the time, or many that hardly change. */
const drawLoad = (random: Random): Partial<WorkerConfig> => ({
  cells: random.pick([4, 12, 40]),
  writeShare: random.pick([0.03, 0.08, 0.25]),
  loaderMs: random.pick([
    [0, 20],
    [5, 60],
  ]),
});

export const common: Omit<WorkerConfig, "worker" | "seed" | "connection" | "probeKeys"> = {
  ...{ maxLag: null, mutation: null, clockOffsetMs: 0 },
  ...{ deadlineMs: 250, leaseMs: 1_000, breakerMs: 200 },
  ...{ callers: 6, cells: 12, pauseMs: [1, 8], loaderMs: [0, 20] },
  ...{ writeShare: 0.08, replicatedShare: 0, paddingBytes: 40 },
};

/**
 * Starts servers and client processes, lets them work, injures them, and judges what was recorded.
 */
export async function runScenario(
  scenario: Scenario,
  workers: CompiledWorkers,
  { seed, seconds, config }: RunOptions,
): Promise<Outcome> {
  const random = new Random(seed);
  const stage = await scenario.start();
  const fleet = new Fleet(workers.main);
  try {
    const load = drawLoad(random);
    const configs = Array.from({ length: workerCount }, (_, worker): WorkerConfig => ({
      ...common,
      ...load,
      ...{
        worker,
        seed: random.below(2 ** 31),
        connection: stage.connection(worker),
      },
      probeKeys: stage.probeKeys ?? null,
      ...scenario.config?.(worker),
      ...config,
    }));
    await Promise.all(configs.map((one) => fleet.launch(one)));
    const beganAt = monotonicMs();
    const injured = await injure(scenario, stage, fleet, random.fork(), beganAt + seconds * 1_000);
    const missing = (await stage.check?.()) ?? null;
    await fleet.stop();
    const { tally, database } = fleet;
    const allowances: Allowances = {
      ...(scenario.lagMs && { lagMs: scenario.lagMs }),
      ...(injured.lost && { lost: injured.lost }),
    };
    return {
      ...{ scenario: scenario.name, seconds: (monotonicMs() - beganAt) / 1_000, tally, missing },
      ...{ faults: injured.recoveriesMs.length, recoveriesMs: injured.recoveriesMs },
      verdict: judge(tally, allowances),
      latenciesMs: tally.reads.map(({ beganAt, endedAt }) => endedAt - beganAt),
      loads: database.loadCount,
      limitMs: Math.max(...configs.map((one) => limitOf(one, tally.stallMs))),
    };
  } finally {
    fleet.kill();
    await stage.stop();
  }
}

async function injure(
  scenario: Scenario,
  stage: Stage,
  fleet: Fleet,
  random: Random,
  endsAt: number,
): Promise<{ recoveriesMs: (number | null)[]; lost: Allowances["lost"] }> {
  const recoveriesMs: (number | null)[] = [];
  let lost: Allowances["lost"];
  await sleep(stage.injure ? warmMs : endsAt - monotonicMs());
  while (stage.injure && monotonicMs() < endsAt) {
    const fault = await stage.injure(random, fleet);
    lost = fault.lost;
    recoveriesMs.push(await findRecovery(fleet, fault.endedAt));
    await sleep(scenario.once ? endsAt - monotonicMs() : random.between(settleMs));
    if (scenario.once) break;
  }
  return { recoveriesMs, lost };
}

async function findRecovery(fleet: Fleet, endedAt: number): Promise<number | null> {
  while (monotonicMs() < endedAt + recoversWithinMs) {
    const hitAt = fleet.firstHitOfAll(endedAt);
    if (hitAt !== null) return hitAt - endedAt;
    await sleep(20);
  }
  return null;
}

/**
 * The longest time that a call may take. It waits for an earlier load of its own process, and then
 * does the same itself: a read, the questions of one lease time, the loader.
 */
function limitOf({ deadlineMs, leaseMs, loaderMs }: WorkerConfig, stallMs: number): number {
  const questions = 9;
  return 2 * (leaseMs + (questions + 1) * deadlineMs + loaderMs[1] + stallMs);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Says in sentences what is wrong with a run. For a correct run there are none. */
export function findFailures({
  tally,
  verdict,
  recoveriesMs,
  latenciesMs,
  limitMs,
  missing,
}: Outcome): string[] {
  const failures: string[] = [];
  const [stale] = verdict.stale;
  if (stale)
    failures.push(`${verdict.stale.length} stale reads, the first: ${JSON.stringify(stale)}`);
  const [stranger] = verdict.strangers;
  if (stranger)
    failures.push(
      `${verdict.strangers.length} values of another caller, the first: ${JSON.stringify(stranger)}`,
    );
  const [context] = tally.strangers;
  if (context)
    failures.push(`${tally.strangers.length} loaders in the wrong context, the first: ${context}`);
  const [error] = tally.errors;
  if (error) failures.push(`${tally.errors.length} calls rejected, the first: ${error}`);
  const [trouble] = tally.troubles;
  if (trouble)
    failures.push(
      `${tally.troubles.length} unhandled rejections, warnings or the like, the first: ${trouble}`,
    );
  if (recoveriesMs.includes(null))
    failures.push("Not every client process had a hit again after the fault.");
  const worstMs = latenciesMs.reduce((worst, one) => Math.max(worst, one), 0);
  if (worstMs > limitMs)
    failures.push(`A call took ${Math.round(worstMs)} ms, more than ${Math.round(limitMs)}.`);
  if (tally.reads.length === 0 || tally.writes.length === 0)
    failures.push("Nothing was read, or nothing invalidated.");
  if (missing) failures.push(missing);
  return failures;
}

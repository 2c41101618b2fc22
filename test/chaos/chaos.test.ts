import test from "ava";
import { type CompiledWorkers, compileWorkers } from "./compile-workers";
import { stampede } from "./herd";
import type { Mutation } from "./protocol";
import { findFailures, runScenario } from "./run-scenario";
import { scenarios } from "./scenarios";
import { resumedFor } from "./scenarios/failovers";
import { steady } from "./scenarios/sick-servers";

/** `npm run chaos` runs them for longer, and with other seeds. */
const seed = 20_261_123;
const seconds = 1;

let workers: CompiledWorkers;
test.before(() => void (workers = compileWorkers()));
test.after.always(() => workers?.remove());

for (const scenario of scenarios) {
  test.serial(`${scenario.name}: ${scenario.what}`, async (t) => {
    const outcome = await runScenario(scenario, workers, { seed, seconds });
    t.deepEqual(findFailures(outcome), []);
  });
}

/** Few cells that change often, and loads that take a while: the precautions are made for this. */
const busy = { cells: 3, writeShare: 0.3, loaderMs: [5, 30] } as const;
const mutations: Record<Mutation, string> = {
  "blind write": "a write that asks for no lease",
  "late versions": "tag versions that are read after the load",
  "early acknowledgement": "an invalidation that is acknowledged before it is carried out",
  "wrong context": "a merged read that continues as whoever asked first",
};

for (const [mutation, what] of Object.entries(mutations)) {
  test.serial(`the checker finds ${what}`, async (t) => {
    const outcome = await runScenario(steady, workers, {
      ...{ seed, seconds },
      config: { ...busy, mutation: mutation as Mutation },
    });
    if (mutation === "wrong context") {
      t.true(outcome.verdict.strangers.length > 0);
      t.true(outcome.tally.strangers.length > 0);
    } else t.true(outcome.verdict.stale.length > 0);
    t.deepEqual(outcome.tally.errors, []);
  });
}

test.serial("the checker finds a client that is not told of the new master", async (t) => {
  const scenario = resumedFor((worker) => worker > 0);
  const outcome = await runScenario(scenario, workers, {
    seed,
    seconds,
    config: { cells: 3, writeShare: 0.3 },
  });
  t.true(outcome.verdict.stale.length > 0);
  // The client reads at the old master, and invalidates there.
  t.true(outcome.verdict.stale.every(({ read, write }) => read.worker === 0 || write.worker === 0));
  t.deepEqual(outcome.tally.errors, []);
});

test.serial("… and finds nothing where none of these is done", async (t) => {
  const outcome = await runScenario(steady, workers, { seed, seconds, config: busy });
  t.deepEqual(findFailures(outcome), []);
});

test.serial(
  "8 processes × 125 callers of one cold key: one load, and few commands while they wait",
  async (t) => {
    const herd = await stampede(workers, { seed, processes: 8, callers: 125 });
    t.log(`${herd.commandCount} commands for 1000 callers: ${JSON.stringify(herd.commands)}`);
    t.is(herd.loads, 1);
    // These are the commands of each process: the first read, the scripts of one lease, nine
    // questions in half a second, and reads of the result.
    t.true(herd.commandCount <= 8 * 16, `${herd.commandCount} commands`);
    t.deepEqual(herd.troubles, []);
  },
);

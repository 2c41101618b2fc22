import test from "ava";
import { type CompiledWorkers, compileWorkers } from "./compile-workers";
import type { CrashMutation } from "./crash-protocol";
import { runCrashes, startCrashServers } from "./crashes";

const seed = 20_261_128;
/**
 * The duration can be changed: `ZCACHE_CRASH_SECONDS=60 npx ava test/chaos/crashes.test.ts
 * --timeout 10m`
 */
const seconds = Number(process.env["ZCACHE_CRASH_SECONDS"] ?? 8);

let workers: CompiledWorkers;
let server: Awaited<ReturnType<typeof startCrashServers>>;
test.before(async () => {
  workers = compileWorkers();
  server = await startCrashServers();
});
test.after.always(async () => {
  workers?.remove();
  await server?.stop();
});

test.serial(
  "no read is stale if writers hold what they write, even if they are killed after their commits",
  async (t) => {
    const outcome = await runCrashes(server, workers, { seed, seconds, mutation: null });
    t.log(JSON.stringify(outcome));
    t.deepEqual(outcome.troubles, []);
    t.true(outcome.kills > 0 && outcome.reads > 0);
    t.is(outcome.stale, 0);
    t.is(outcome.behindCommit, 0);
  },
);

/** The reads that show the mistake. A hold promises more than an acknowledgement does. */
const mutations: readonly (readonly [mutation: CrashMutation, by: "stale" | "behindCommit"])[] = [
  ["no hold", "stale"],
  ["released before the commit", "behindCommit"],
  ["holds not counted", "behindCommit"],
  ["invalidated before the commit", "stale"],
];

/** Chance decides which transactions and reads meet, and so a round may have no stale read. */
const mostRounds = 5;

for (const [mutation, by] of mutations) {
  test.serial(`the checker finds stale reads with the mutation: ${mutation}`, async (t) => {
    // A mistake in the count of holds shows when transactions on one row meet.
    const cells = mutation === "holds not counted" ? 1 : 3;
    let found = 0;
    for (let round = 0; round < mostRounds && found === 0; round++) {
      const outcome = await runCrashes(server, workers, {
        seed: seed + round,
        seconds,
        mutation,
        cells,
      });
      t.log(JSON.stringify(outcome));
      t.deepEqual(outcome.troubles, []);
      found = outcome[by];
    }
    t.true(found > 0);
  });
}

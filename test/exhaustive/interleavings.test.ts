import test from "ava";
import fc from "fast-check";
import { explore } from "./interleavings/explore";
import { program, type Program, writing } from "./interleavings/programs";

/**
 * There are two processes with a cache each, a backend whose requests and answers arrive in any
 * order, and a source of truth. A caller that updates the source invalidates afterwards. Once the
 * invalidation is acknowledged, no read that begins later may return anything older.
 *
 * Some callers write in transactions, which commit or roll back, or whose process dies before or
 * after its commit. Where they hold what they write, no read that begins after the commit may
 * return anything older.
 */

/**
 * The number of runs: `ZCACHE_RUNS=1000000 npx ava test/exhaustive/interleavings.test.ts --timeout
 * 2h`. It is the same on every machine, however busy that is.
 */
const numRuns = Number(process.env["ZCACHE_RUNS"] ?? 4_000);

const explorations: [what: string, programs: fc.Arbitrary<Program>][] = [
  [
    "no interleaving of calls, refreshes, invalidations, evictions and lost leases yields a stale value",
    program,
  ],
  ["no interleaving of transactions that commit, roll back and die yields a stale value", writing],
];

for (const [what, programs] of explorations) {
  test.serial(what, async (t) => {
    const details = await explore({ programs, judgesIdle: true }, { numRuns });
    t.log(`${details.numRuns} runs, seed ${details.seed}`);
    t.false(details.failed, fc.defaultReportMessage(details) ?? "");
  });
}

import test from "ava";
import { Load } from "../../runtime/cache/load";
import { CallerContext } from "../../runtime/user-code/caller-context";
import { explore, type Exploration } from "./interleavings/explore";
import * as mutations from "./interleavings/mutants";
import { writing } from "./interleavings/programs";
import { writers } from "./interleavings/world";

const untilFound = { numRuns: 40_000, endOnFailure: true };

/** Each mutant leaves one rule of the protocol out. */
const mutants: [
  what: string,
  mutate?: Exploration["mutate"],
  serves?: typeof Load.prototype.serves,
][] = [
  ["the write is blind", mutations.writeBlindly],
  ["a lease that is taken with its read is taken after the load", mutations.leaseLate],
  ["the versions are read after the load", mutations.readVersionsLate],
  ["an invalidation leaves the fence of its tag", mutations.leaveFences],
  ["a refresh that could not store leaves the old entry", mutations.leaveRefreshed],
  ["joiners take the value of the load under way", undefined, () => true],
];

for (const [what, mutate, serves] of mutants) {
  test.serial(`the same exploration finds a stale value when ${what}`, async (t) => {
    const own = Load.prototype.serves;
    if (serves) Load.prototype.serves = serves;
    try {
      const details = await explore({ ...(mutate && { mutate }) }, untilFound);
      t.log(`found in run ${details.numRuns}, seed ${details.seed}`);
      t.true(details.failed);
      t.regex(String((details.errorInstance as Error | undefined)?.message), /^stale/);
    } finally {
      Load.prototype.serves = own;
    }
  });
}

const writerMutants: [
  what: string,
  change: Partial<typeof writers>,
  mutate?: Exploration["mutate"],
][] = [
  ["a process dies after its commit without a hold", { hold: false }],
  ["a hold is released before the commit", { commitLate: true }],
  ["holds are not counted", {}, mutations.countNoHolds],
  [
    "what a transaction has invalidated is carried out before its commit",
    { hold: false, commitLate: true },
  ],
];

for (const [what, change, mutate] of writerMutants) {
  test.serial(`the same exploration finds a stale value when ${what}`, async (t) => {
    const own = { ...writers };
    Object.assign(writers, change, { strict: false });
    try {
      const details = await explore({ programs: writing, ...(mutate && { mutate }) }, untilFound);
      t.log(`found in run ${details.numRuns}, seed ${details.seed}`);
      t.true(details.failed);
      t.regex(String((details.errorInstance as Error | undefined)?.message), /^stale/);
    } finally {
      Object.assign(writers, own);
    }
  });
}

test.serial(
  "the same exploration finds a loader in the wrong context when a merged read continues in the context of its first caller",
  async (t) => {
    const own = CallerContext.prototype.run;
    CallerContext.prototype.run = (work) => work();
    try {
      const details = await explore({}, untilFound);
      t.log(`found in run ${details.numRuns}, seed ${details.seed}`);
      t.true(details.failed);
      t.regex(String((details.errorInstance as Error | undefined)?.message), /^context/);
    } finally {
      CallerContext.prototype.run = own;
    }
  },
);

/**
 * The cases run in this process, which has little memory: `child.js SEED FROM TO PART REDIS_URL
 * PROGRESS_FILE DIRECTORY`.
 */
import { openSync, writeSync } from "node:fs";
import { Random } from "../chaos/random";
import type * as Commands from "./command-subjects";
import { cachedSubjects } from "./cached-subjects";
import { type Cost, isWithin, limits, type Part, partOf, startMeasure } from "./limits";
import { findChange, isObjectPrototypeWhole, takeSnapshot } from "./prototypes";
import { memoryStore, redisStore } from "./stores";
import { type Case, pureSubjects, type Ran, type Subject } from "./subjects";
import { casesBetweenNotes, type Failure, type Line, type SubjectTally } from "./tally";

const [seed = 1, from = 0, to = 0] = process.argv.slice(2, 5).map(Number);
const [part = "bytes", redisUrl = "", progressPath = "", directory = ""] = process.argv.slice(5);
const most = limits[part as Part];
/** Comparing all prototypes takes longer than most cases. */
const casesBetweenLooks = part === "bytes" ? 100 : 1;
const mostFailures = 20;
/**
 * A single measurement may include the compiler's work, or the collection of what earlier cases
 * have left.
 */
const attempts = 4;

const progress = openSync(progressPath, "w");
const place = Buffer.alloc(16);

/** The parent learns which case is running, even if the process is aborted in the middle of it. */
function note(number: number): void {
  place.write(String(number).padEnd(16));
  writeSync(progress, place, 0, place.length, 0);
}

function print(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/**
 * A case depends on the seed and its number alone, so that it can be run again without the others.
 */
function randomFor(number: number): Random {
  return new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
}

function choose(subjects: readonly Subject[], random: Random): Subject {
  let left = random.next() * subjects.reduce((sum, { weight }) => sum + weight, 0);
  for (const subject of subjects) if ((left -= subject.weight) < 0) return subject;
  return subjects[0] as Subject;
}

interface Result {
  readonly one: Case;
  readonly ran: Ran;
  readonly cost: Cost;
}

async function runOnce(
  subjects: readonly Subject[],
  number: number,
  inDetail: boolean,
): Promise<Result> {
  const random = randomFor(number);
  const prepared = choose(subjects, random).prepare(random);
  const one = prepared instanceof Promise ? await prepared : prepared;
  const measure = startMeasure(inDetail);
  const running = one.run();
  const ran = running instanceof Promise ? await running : running;
  return { one, ran, cost: measure() };
}

/**
 * Runs a case again that was above the limits. If the bytes are the cause, it is above them each
 * time.
 */
async function runCase(subjects: readonly Subject[], number: number): Promise<Result> {
  let best = await runOnce(subjects, number, false);
  for (let i = 1; i < attempts && !isWithin(best.cost, best.one.bytes.length, most); i++) {
    globalThis.gc?.();
    const again = await runOnce(subjects, number, true);
    const allocated = Math.min(best.cost.allocated ?? Infinity, again.cost.allocated ?? Infinity);
    best = { ...again, cost: { ms: Math.min(best.cost.ms, again.cost.ms), allocated } };
  }
  return best;
}

function problemOf({ one, ran, cost }: Result): string | null {
  const { mostMs, mostBytesEach, mostBytesBesides } = most;
  if (cost.ms > mostMs) return `It took ${cost.ms.toFixed(1)} ms.`;
  if (!isWithin(cost, one.bytes.length, most))
    return `It allocated ${cost.allocated} bytes for ${one.bytes.length}: more than ${mostBytesBesides} and ${mostBytesEach} each.`;
  if (!isObjectPrototypeWhole()) return "Object.prototype was changed.";
  return ran.problem?.() ?? null;
}

/** Says which subjects have their turn in this process, and how they are ended. */
function createSubjects(): { readonly subjects: readonly Subject[]; close(): void } {
  if (part === "commands") {
    // The command line needs a compiler, which takes more memory than the other cases may take.
    const { commandSubjects } = require("./command-subjects") as typeof Commands;
    return commandSubjects(directory, redisUrl);
  }
  const redis = redisStore(redisUrl);
  const subjects = [
    ...pureSubjects,
    ...cachedSubjects(memoryStore()),
    ...cachedSubjects(redis.store),
  ];
  return { subjects, close: redis.close };
}

async function main(): Promise<void> {
  const { subjects, close } = createSubjects();
  const tallies = new Map<string, SubjectTally>();
  const failures: Failure[] = [];
  // Modules that are loaded at their first use may add to the global object.
  for (let number = 0; number < (part === "bytes" ? 200 : 10); number++)
    await runOnce(subjects, -number - 2, false).catch(() => {});
  const snapshot = takeSnapshot();
  for (let number = from; number < to && failures.length < mostFailures; number++) {
    if (partOf(number) !== part) continue;
    if (number % casesBetweenNotes === 0) note(number);
    const { name } = choose(subjects, randomFor(number));
    const tally = tallies.get(name) ?? { cases: 0, values: 0, slowestMs: 0, mostBytesEach: 0 };
    tallies.set(name, tally);
    tally.cases++;
    try {
      const result = await runCase(subjects, number);
      const { one, ran, cost } = result;
      if (ran.outcome === "value") tally.values++;
      tally.slowestMs = Math.max(tally.slowestMs, cost.ms);
      const allocatedEach =
        ((cost.allocated ?? 0) - most.mostBytesBesides) / Math.max(one.bytes.length, 1);
      tally.mostBytesEach = Math.max(tally.mostBytesEach, allocatedEach);
      const problem = problemOf(result);
      const bytes = one.bytes.toString("latin1").slice(0, 500);
      if (problem !== null)
        failures.push({
          number,
          name,
          problem,
          bytes,
          isCost: !isWithin(cost, one.bytes.length, most),
        });
    } catch (error) {
      const problem = `It threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      failures.push({ number, name, problem, bytes: "" });
    }
    if (number % casesBetweenLooks === 0 || number === to - 1) {
      const change = findChange(snapshot);
      if (change !== null) {
        failures.push({
          number,
          name,
          problem: `${change}, by this case or one of the ${casesBetweenLooks} before.`,
          bytes: "",
        });
        break;
      }
    }
  }
  close();
  print({ tallies: [...tallies], failures });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

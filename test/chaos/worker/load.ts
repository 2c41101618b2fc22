import { invalidateTag, LoadTimeoutError } from "../../../runtime/index";
import type { Surface } from "../history";
import { monotonicMs } from "../monotonic";
import type { WorkerConfig } from "../protocol";
import type { Random } from "../random";
import { caller } from "./caller";
import type { Connected } from "./connect";
import { ask } from "./coordinator";
import type { Recorder } from "./recorder";
import { batch, kept, named, outdated, pair, plain, tagged, type Value } from "./shop";

type Cells = readonly [number, ...number[]];

/** Says how each function is called: for one cell, or for as many as it takes. */
const reads: Record<
  Surface,
  { readonly count: number; readonly call: (...cells: Cells) => Promise<readonly Value[]> }
> = {
  plain: { count: 1, call: async (cell) => [await plain(cell)] },
  tagged: { count: 1, call: async (cell) => [await tagged(cell)] },
  pair: { count: 2, call: async (a, b = a) => [await pair(a, b)] },
  batch: { count: 5, call: (...cells) => batch(...cells) },
  kept: { count: 1, call: async (cell) => [await kept(cell)] },
  outdated: { count: 1, call: async (cell) => [await outdated(cell)] },
  named: { count: 1, call: async (cell) => [await named(cell)] },
};

interface Change {
  /** The functions whose entries it ends. */
  readonly surfaces: readonly Surface[];
  readonly count: number;
  readonly run: (...cells: Cells) => Promise<unknown>;
}

const ofCell: readonly Surface[] = ["tagged", "pair", "batch", "kept", "outdated"];

const changes: readonly Change[] = [
  { surfaces: ["plain"], count: 1, run: (cell) => plain.invalidate(cell) },
  { surfaces: ["plain"], count: 1, run: (cell) => plain.refresh(cell) },
  { surfaces: ofCell, count: 1, run: (cell) => invalidateTag(`cell:${cell}`) },
  { surfaces: ofCell, count: 1, run: (cell) => invalidateTag(`cell:${cell}`) },
  { surfaces: ["named"], count: 1, run: (cell) => invalidateTag(`of:${cell}`) },
  { surfaces: ["outdated"], count: 1, run: (cell) => outdated.invalidate(cell) },
  { surfaces: ["batch"], count: 3, run: (...cells) => batch.invalidate(...cells) },
  { surfaces: ["kept"], count: 1, run: (cell) => kept.invalidate(cell) },
];

const surfaces = Object.keys(reads) as Surface[];

/** This is what its directive says. */
const outdatedTimeoutMs = 2_000;
/** Node's timers go by a clock that is read once a turn, in whole milliseconds. */
const timerSlackMs = 5;

/** Runs one caller, which makes calls and changes one after the other until `isOver`. */
export async function keepCalling(
  config: WorkerConfig,
  connected: Connected,
  recorder: Recorder,
  random: Random,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    if (random.chance(config.writeShare)) await change(config, connected, recorder, random);
    // There are two requests in one tick, and their reads are one command.
    else await Promise.all([read(config, recorder, random), read(config, recorder, random)]);
    await pause(random.between(config.pauseMs));
  }
}

async function read(
  { worker, cells: all }: WorkerConfig,
  recorder: Recorder,
  random: Random,
): Promise<void> {
  const surface = random.pick(surfaces);
  const { count, call } = reads[surface];
  const cells = pickCells(random, all, count);
  const beganAt = monotonicMs();
  try {
    const values = await caller.run({ surface, cells }, () => call(...cells));
    const versions = values.flatMap((value) => value.versions);
    const origins = values.map((value) => ({ cells: value.cells, askedFor: value.askedFor }));
    recorder.read({ worker, surface, beganAt, endedAt: monotonicMs(), cells, versions, origins });
  } catch (error) {
    const isDue = monotonicMs() - beganAt >= outdatedTimeoutMs - timerSlackMs;
    // A caller that waits for the leases of processes that stand still may have waited for as long
    // as it can.
    if (!(surface === "outdated" && error instanceof LoadTimeoutError && isDue))
      recorder.error(`${surface}(${cells.join()})`, error);
  }
}

/**
 * Changes the database first, and then the cache. The acknowledgement is then a promise about the
 * new versions.
 */
async function change(
  config: WorkerConfig,
  connected: Connected,
  recorder: Recorder,
  random: Random,
): Promise<void> {
  const { surfaces, count, run } = random.pick(changes);
  const waits = random.chance(config.replicatedShare);
  const cells = pickCells(random, config.cells, count);
  const versions = await ask({ type: "change", cells });
  const isReplicated = waits ? connected.watchReplication() : () => Promise.resolve(false);
  const beganAt = monotonicMs();
  try {
    await caller.run({ surface: surfaces[0] as Surface, cells }, () => run(...cells));
  } catch {
    return recorder.refused();
  }
  const acknowledgedAt = monotonicMs();
  const replicated = await isReplicated();
  recorder.write({
    worker: config.worker,
    surfaces,
    beganAt,
    acknowledgedAt,
    cells,
    versions,
    replicated,
  });
}

/** Draws cells, of which no two are the same. */
function pickCells(random: Random, all: number, count: number): Cells {
  const cells = new Set<number>();
  while (cells.size < Math.min(count, all)) cells.add(random.below(all));
  return [...cells] as unknown as Cells;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

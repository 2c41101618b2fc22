import type { History, Read, Surface, Write } from "./history";

/**
 * Says how much a scenario may fall short of the guarantee. docs/chaos.md, "Where the guarantee
 * ends", has the reasons.
 */
export interface Allowances {
  /**
   * Another process's invalidation may be unseen for this long. @defaultValue 0 for each surface
   */
  readonly lagMs?: Partial<Record<Surface, number>>;
  /**
   * Writes that were acknowledged after `from` and requested before `until` may be lost, unless a
   * replica had them. For a failover, `until` is the end of the old master, because another server
   * acknowledged what was requested later. For a snapshot, the two are the times when it was made
   * and when it was used.
   */
  readonly lost?: { readonly from: number; readonly until: number };
}

export interface StaleRead {
  readonly read: Read;
  readonly cell: number;
  readonly version: number;
  /** This is the acknowledged write that it should have seen. */
  readonly write: Write;
}

export interface Verdict {
  readonly cellsRead: number;
  readonly stale: readonly StaleRead[];
  /** These reads are stale only because Redis lost the acknowledged write. */
  readonly lost: readonly StaleRead[];
  /**
   * Reads that returned a value of other cells, or one that was loaded for a caller that had not
   * asked for it.
   */
  readonly strangers: readonly Read[];
  /**
   * The longest time between an acknowledgement and the beginning of a read that was too old, but
   * within its allowance.
   */
  readonly longestLagMs: number;
}

interface Acknowledged {
  readonly at: number;
  readonly version: number;
  readonly write: Write;
  /** The highest version up to this one. */
  highest: number;
}

/**
 * Judges every read by the writes that were acknowledged before it began: none may return less than
 * they promised. It knows nothing about caches.
 */
export function judge({ reads, writes }: History, allowances: Allowances = {}): Verdict {
  const kept = new Floors(writes.filter((write) => !isExcused(write, allowances)));
  const excused = new Floors(writes.filter((write) => isExcused(write, allowances)));
  const stale: StaleRead[] = [];
  const lost: StaleRead[] = [];
  let cellsRead = 0;
  let longestLagMs = 0;
  for (const read of reads) {
    const lagMs = allowances.lagMs?.[read.surface] ?? 0;
    for (const [i, cell] of read.cells.entries()) {
      cellsRead++;
      const version = read.versions[i] as number;
      const missed = kept.above(version, read, cell, 0);
      const unexcused = missed && firstBeyond(kept, read, cell, version, lagMs);
      if (unexcused) stale.push({ read, cell, version, write: unexcused.write });
      else if (missed) longestLagMs = Math.max(longestLagMs, read.beganAt - missed.at);
      const gone = excused.above(version, read, cell, 0);
      if (!missed && gone) lost.push({ read, cell, version, write: gone.write });
    }
  }
  return { cellsRead, stale, lost, strangers: reads.filter(isStranger), longestLagMs };
}

function isStranger({ cells, origins }: Read): boolean {
  const made = origins.flatMap((origin) => origin.cells);
  if (made.length !== cells.length || made.some((cell, i) => cell !== cells[i])) return true;
  return origins.some((origin) => !origin.cells.every((cell) => origin.askedFor.includes(cell)));
}

function isExcused({ replicated, beganAt, acknowledgedAt }: Write, { lost }: Allowances): boolean {
  return lost !== undefined && !replicated && acknowledgedAt > lost.from && beganAt < lost.until;
}

/** The allowance is for what other processes wrote. A process sees its own writes at once. */
function firstBeyond(
  floors: Floors,
  read: Read,
  cell: number,
  version: number,
  lagMs: number,
): Acknowledged | undefined {
  if (lagMs === 0) return floors.above(version, read, cell, 0);
  return (
    floors.above(version, read, cell, lagMs) ?? floors.above(version, read, cell, 0, read.worker)
  );
}

/** For each surface and cell, the acknowledged writes in the order of their times. */
class Floors {
  readonly #acknowledged = new Map<string, Acknowledged[]>();

  constructor(writes: readonly Write[]) {
    for (const write of writes) {
      for (const surface of write.surfaces) {
        for (const [i, cell] of write.cells.entries()) {
          const key = `${surface}:${cell}`;
          const list = this.#acknowledged.get(key) ?? [];
          this.#acknowledged.set(key, list);
          const version = write.versions[i] as number;
          list.push({ at: write.acknowledgedAt, version, write, highest: version });
        }
      }
    }
    for (const list of this.#acknowledged.values()) {
      list.sort((a, b) => a.at - b.at);
      let highest = 0;
      for (const one of list) one.highest = highest = Math.max(highest, one.version);
    }
  }

  /**
   * Returns the earliest acknowledgement of a higher version, by one worker or by anyone, that came
   * more than `lagMs` before the read began.
   */
  above(
    version: number,
    read: Read,
    cell: number,
    lagMs: number,
    worker?: number,
  ): Acknowledged | undefined {
    const list = this.#acknowledged.get(`${read.surface}:${cell}`) ?? [];
    const count = countBefore(list, read.beganAt - lagMs);
    if (count === 0 || (list[count - 1] as Acknowledged).highest <= version) return undefined;
    return list
      .slice(0, count)
      .find(
        (one) => one.version > version && (worker === undefined || one.write.worker === worker),
      );
  }
}

/** Returns how many writes were acknowledged before that time. */
function countBefore(list: readonly Acknowledged[], time: number): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((list[middle] as Acknowledged).at < time) from = middle + 1;
    else to = middle;
  }
  return from;
}

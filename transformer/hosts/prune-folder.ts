import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const day = 24 * 3_600_000;

export interface PruneLimits {
  /** Files that have not been used for this long are removed. */
  readonly unusedFor: number;
  /** If the others take more than this, those that were used least recently are removed. */
  readonly bytes: number;
}

const defaults: PruneLimits = { unusedFor: 14 * day, bytes: 256_000_000 };

/** The time of this file is that of the last pruning. */
const marker = "pruned";

/**
 * Removes the files of a folder that no build has used of late: those of sources that were deleted
 * or renamed, and of checkouts in other places. Lists the folder once a day at most.
 */
export function pruneFolder(
  folder: string,
  now = Date.now(),
  { unusedFor, bytes }: PruneLimits = defaults,
): void {
  const prunedAt = statSync(join(folder, marker), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Math.abs(now - prunedAt) < day) return;
  writeFileSync(join(folder, marker), "");
  utimesSync(join(folder, marker), now / 1000, now / 1000);
  const files = readdirSync(folder)
    .filter((name) => name !== marker)
    .flatMap((name) => {
      const path = join(folder, name);
      const found = statSync(path, { throwIfNoEntry: false });
      return found?.isFile() ? [{ path, size: found.size, usedAt: found.mtimeMs }] : [];
    });
  let kept = 0;
  for (const { path, size, usedAt } of files.toSorted((a, b) => b.usedAt - a.usedAt)) {
    kept += size;
    if (now - usedAt > unusedFor || kept > bytes) rmSync(path, { force: true });
  }
}

/**
 * Notes that a file is still in use, by its time of modification, because many disks record no time
 * of reading. Once a day is enough.
 */
export function markUsed(path: string, now = Date.now()): void {
  try {
    if (now - statSync(path).mtimeMs > day) utimesSync(path, now / 1000, now / 1000);
  } catch {
    // The disk is read-only, or another process has replaced the file.
  }
}

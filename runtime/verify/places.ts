import { readFileSync } from "node:fs";

/** The part of a lock file that is read. */
interface LockedPlaces {
  readonly functions: readonly {
    readonly name: string;
    readonly invalidatedIn?: readonly string[];
  }[];
}

const known = new Map<string, LockedPlaces | null>();

/**
 * The places of the program that invalidate a function's entries, as they are in the lock file:
 * `src/users.ts rename`.
 */
export function placesOf(name: string, lockFile: string): readonly string[] {
  let lock = known.get(lockFile);
  if (lock === undefined) known.set(lockFile, (lock = readLock(lockFile)));
  return lock?.functions.find((one) => one.name === name)?.invalidatedIn ?? [];
}

/**
 * Returns null if there is no readable lock file. It only makes reports better, so nothing depends
 * on it.
 */
function readLock(path: string): LockedPlaces | null {
  try {
    const lock = JSON.parse(readFileSync(path, "utf8")) as LockedPlaces;
    return Array.isArray(lock.functions) ? lock : null;
  } catch {
    return null;
  }
}

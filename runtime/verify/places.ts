import { readFileSync } from "node:fs";

/** What is read of a lock file. */
interface LockedPlaces {
  readonly functions: readonly { readonly name: string; readonly invalidatedIn?: readonly string[] }[];
}

const known = new Map<string, LockedPlaces | null>();

/** The places of the program that invalidate a function's entries, as the lock file has them: `src/users.ts rename`. */
export function placesOf(name: string, lockFile: string): readonly string[] {
  let lock = known.get(lockFile);
  if (lock === undefined) known.set(lockFile, (lock = readLock(lockFile)));
  return lock?.functions.find((one) => one.name === name)?.invalidatedIn ?? [];
}

/** Null where there is none that can be read: it helps, and nothing depends on it. */
function readLock(path: string): LockedPlaces | null {
  try {
    const lock = JSON.parse(readFileSync(path, "utf8")) as LockedPlaces;
    return Array.isArray(lock.functions) ? lock : null;
  } catch {
    return null;
  }
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createLock,
  type Lock,
  type LockedFunction,
  LockError,
  lockFileName,
  lockFunction,
  parseLock,
} from "../lock/lock";
import { type ProjectTarget } from "../plan/check-context";
import { CommandError } from "./command";
import { invalidationPlaces } from "./invalidation-places";
import { showPath, type Workspace } from "./load-projects";

/** The lock that the source would have, and the target of each of its functions. */
export interface SourceLock {
  readonly lock: Lock;
  readonly targets: ReadonlyMap<LockedFunction, ProjectTarget>;
  readonly typeNames: ReadonlyMap<LockedFunction, string | null>;
}

export function lockPath({ directory }: Workspace): string {
  return join(directory, lockFileName);
}

export function createSourceLock(workspace: Workspace): SourceLock {
  const targets = new Map<LockedFunction, ProjectTarget>();
  const typeNames = new Map<LockedFunction, string | null>();
  const placesOf = invalidationPlaces(workspace);
  for (const { program, options, targets: own } of workspace.projects) {
    for (const target of own) {
      const file = showPath(workspace, target.sourceFile.fileName);
      const { locked, typeName } = lockFunction(
        workspace.ts,
        program,
        target,
        file,
        options,
        placesOf(target),
      );
      targets.set(locked, target);
      typeNames.set(locked, typeName);
    }
  }
  return { lock: createLock([...targets.keys()]), targets, typeNames };
}

/** Returns the lock's text, or null if there is none. */
export function readLockText(workspace: Workspace): string | null {
  const path = lockPath(workspace);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** @throws CommandError for a lock that can't be read */
export function parseLockText(text: string): Lock {
  try {
    return parseLock(text);
  } catch (error) {
    throw error instanceof LockError ? new CommandError(error.message) : error;
  }
}

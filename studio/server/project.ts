import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import {
  type LockedFunction,
  LockError,
  lockFileName,
  parseLock,
} from "../../transformer/lock/lock";
import { type DirectiveRow, type Place } from "../api";

/** Larger source files are not searched for the line of a function. */
const longestSource = 2_000_000;

/**
 * What the lock file says about the functions of the project: how they are cached, and where they
 * are in the source.
 */
export class Project {
  readonly #functions: ReadonlyMap<string, LockedFunction>;
  readonly #places = new Map<string, Place>();

  private constructor(
    readonly directory: string | null,
    functions: readonly LockedFunction[],
    /** Why nothing is known, in a sentence, or null if the lock was read. */
    readonly trouble: string | null,
  ) {
    this.#functions = new Map(functions.map((one) => [one.name, one]));
  }

  /** @param directory the folder of the lock file, or one below it */
  static read(directory: string): Project {
    const folder = folderOfLock(resolve(directory));
    if (folder === null)
      return new Project(
        null,
        [],
        `There is no ${lockFileName}, so templates and tags are not known. Write it with zcache lock.`,
      );
    try {
      return new Project(
        folder,
        parseLock(readFileSync(join(folder, lockFileName), "utf8")).functions,
        null,
      );
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      return new Project(folder, [], error.message);
    }
  }

  get functions(): readonly LockedFunction[] {
    return [...this.#functions.values()];
  }

  find(name: string): LockedFunction | null {
    return this.#functions.get(name) ?? null;
  }

  directive(name: string): DirectiveRow | null {
    const locked = this.find(name);
    return (
      locked && {
        key: locked.key,
        parameters: locked.parameters,
        namespace: locked.namespace ?? null,
        tags: locked.tags ?? [],
        ttl: locked.ttl ?? null,
        codec: locked.codec ?? null,
        cache: locked.cache ?? null,
        batch: locked.batch ?? false,
        version: locked.version ?? null,
        fingerprint: locked.fingerprint,
        returns: locked.returns,
        invalidatedIn: locked.invalidatedIn ?? [],
      }
    );
  }

  /** Returns the function's file, and its line if the source is beside the lock. */
  place(name: string): Place | null {
    const locked = this.find(name);
    if (!locked) return null;
    let place = this.#places.get(name);
    if (!place) this.#places.set(name, (place = { file: locked.file, line: this.#lineOf(locked) }));
    return place;
  }

  #lineOf({ file, function: owner }: LockedFunction): number | null {
    if (this.directory === null) return null;
    const path = resolve(this.directory, file);
    // Anybody may have written the lock file, so it must not cause files outside the project to be
    // read.
    if (relative(this.directory, path).startsWith("..")) return null;
    try {
      if (statSync(path).size > longestSource) return null;
      return lineBelowDirective(
        readFileSync(path, "utf8").split("\n"),
        owner.split(".").at(-1) ?? owner,
      );
    } catch {
      return null;
    }
  }
}

/**
 * How many lines below a directive its function may begin, because options, other comments and
 * decorators may be in between.
 */
const mostLinesBetween = 60;

function lineBelowDirective(lines: readonly string[], name: string): number | null {
  const isNamed = (line: string): boolean => {
    const at = line.search(/[^\s]/);
    return at >= 0 && !/^\s*(\/\/|\*|\/\*)/.test(line) && wordsOf(line).includes(name);
  };
  for (const [i, line] of lines.entries()) {
    if (!/@zcache\b/.test(line)) continue;
    const below = lines.slice(i + 1, i + 1 + mostLinesBetween);
    const found = below.findIndex((one) => isNamed(one) || /@zcache\b/.test(one));
    if (found >= 0 && isNamed(below[found] ?? "")) return i + 2 + found;
  }
  return null;
}

function wordsOf(line: string): readonly string[] {
  return line.match(/[\p{ID_Start}$_#][\p{ID_Continue}$]*/gu) ?? [];
}

function folderOfLock(directory: string): string | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, lockFileName))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

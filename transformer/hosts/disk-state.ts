import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "./kept-files";

/**
 * What a run of the checks has read from the disk. As long as that stays the same, so do the
 * findings.
 */
export interface DiskQuestions {
  readonly read: readonly string[];
  /** Paths that did not exist. */
  readonly absent: readonly string[];
  /** Folders whose sources belong to the program, with those below them. */
  readonly trees: readonly string[];
  /** Folders in them that the compiler writes and doesn't read. */
  readonly outputs: readonly string[];
  readonly allowsJs: boolean;
  /** Folders whose subfolders were listed, such as `@types`. */
  readonly listed: readonly string[];
}

/** The state of the disk as a run has seen it. */
export interface DiskState {
  readonly files: readonly StampedFile[];
  readonly absent: readonly string[];
  readonly outputs: readonly string[];
  readonly allowsJs: boolean;
  readonly trees: Readonly<Record<string, string>>;
  readonly listed: Readonly<Record<string, string>>;
}

interface StampedFile {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
  readonly hash: string;
}

/**
 * @returns null if something may have changed since the run began, so that it is not known what the
 * run has read
 */
export function stateOf(inputs: DiskQuestions, begunAt: number): DiskState | null {
  const { read, absent, trees, listed, outputs, allowsJs } = inputs;
  const files: StampedFile[] = [];
  for (const path of read) {
    const found = statSync(path, { throwIfNoEntry: false });
    const hash = hashOfFile(path);
    if (!found || hash === null || found.mtimeMs >= begunAt) return null;
    files.push({ path, size: found.size, modifiedAt: found.mtimeMs, hash });
  }
  const ofFolders = (
    folders: readonly string[],
    list: (folder: string) => string,
  ): Record<string, string> => Object.fromEntries(folders.map((folder) => [folder, list(folder)]));
  return {
    files,
    absent,
    outputs,
    allowsJs,
    trees: ofFolders(trees, (folder) => sourcesBelow(folder, inputs)),
    listed: ofFolders(listed, foldersIn),
  };
}

export function isCurrent(state: DiskState): boolean {
  const { files, absent, trees, listed } = state;
  return (
    files.every(isUnchanged) &&
    !absent.some((path) => existsSync(path)) &&
    Object.entries(trees).every(([folder, sources]) => sourcesBelow(folder, state) === sources) &&
    Object.entries(listed).every(([folder, folders]) => foldersIn(folder) === folders)
  );
}

function isUnchanged({ path, size, modifiedAt, hash: known }: StampedFile): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.size !== size) return false;
  // In a fresh checkout the times differ, but the text is the same.
  return found.mtimeMs === modifiedAt || hashOfFile(path) === known;
}

/** Returns null if the file can't be read, for example because it was removed a moment ago. */
function hashOfFile(path: string): string | null {
  try {
    return hashOf(readFileSync(path));
  } catch {
    return null;
  }
}

/**
 * Returns a hash of the paths of all files that a pattern of the tsconfig may include as sources.
 */
function sourcesBelow(
  folder: string,
  { outputs, allowsJs }: Pick<DiskQuestions, "outputs" | "allowsJs">,
): string {
  const found: string[] = [];
  const isSource = allowsJs ? /\.[cm]?[jt]sx?$/ : /\.[cm]?tsx?$/;
  const collect = (directory: string): void => {
    for (const entry of entriesOf(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        // Patterns don't match these folders unless they name them.
        if (!entry.name.startsWith(".") && entry.name !== "node_modules" && !outputs.includes(path))
          collect(path);
      } else if (isSource.test(entry.name)) found.push(path);
    }
  };
  collect(folder);
  return hashOf(found.sort().join("\n"));
}

function foldersIn(folder: string): string {
  const folders = entriesOf(folder).filter(
    (entry) => entry.isDirectory() || entry.isSymbolicLink(),
  );
  return folders
    .map(({ name }) => name)
    .sort()
    .join("/");
}

function entriesOf(folder: string): ReturnType<typeof listFolder> {
  try {
    return listFolder(folder);
  } catch {
    return [];
  }
}

function listFolder(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

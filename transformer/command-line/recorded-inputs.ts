import { dirname, join, resolve } from "node:path";
import type ts from "typescript";
import { type DiskState, stateOf } from "../hosts/disk-state";

/** The files that package managers write with each installation. */
const installed = [
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
];

/** Records what a compiler reads from the disk, for a program that keeps the compiler's results. */
export class RecordedInputs {
  readonly #begunAt = Date.now();
  readonly #read = new Set<string>();
  readonly #absent = new Set<string>();
  readonly #listed = new Set<string>();

  /** Replaces the compiler's own functions for the disk. */
  constructor(private readonly sys: ts.System) {
    const { fileExists, readFile, directoryExists, getDirectories } = sys;
    const note = <T>(path: string, answer: T): T => {
      (answer === false || answer === undefined ? this.#absent : this.#read).add(resolve(path));
      return answer;
    };
    sys.fileExists = (path) => note(path, fileExists(path));
    sys.readFile = (path, encoding) => note(path, readFile(path, encoding));
    sys.directoryExists = (path) => {
      const exists = directoryExists(path);
      // If the folder exists, its files count.
      if (!exists) this.#absent.add(resolve(path));
      return exists;
    };
    sys.getDirectories = (path) => {
      this.#listed.add(resolve(path));
      return getDirectories(path);
    };
    // Another compiler may find other problems.
    this.#read.add(sys.getExecutingFilePath());
  }

  /** @returns null if something has changed in the meantime */
  stateFor(
    directory: string,
    configs: readonly Pick<ts.ParsedCommandLine, "options" | "wildcardDirectories">[],
  ): DiskState | null {
    for (let folder = directory; ; folder = dirname(folder)) {
      for (const file of installed) this.sys.fileExists(join(folder, file));
      if (dirname(folder) === folder) break;
    }
    const outputs = configs.flatMap(({ options: { outDir, declarationDir } }) => [
      outDir ?? [],
      declarationDir ?? [],
    ]);
    const inputs = {
      read: [...this.#read],
      absent: [...this.#absent].filter((path) => !this.#read.has(path)),
      listed: [...this.#listed],
      trees: configs.flatMap(({ wildcardDirectories = {} }) => Object.keys(wildcardDirectories)),
      outputs: outputs.flat().map((one) => resolve(one)),
      allowsJs: configs.some(({ options: { allowJs, checkJs } }) => allowJs ?? checkJs ?? false),
    };
    return stateOf(inputs, this.#begunAt);
  }
}

import { statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type DiskReads, type ProjectConfig } from "../compilers/project-compiler";
import { type DiskState, stateOf } from "../hosts/disk-state";

/** The files that package managers write with each installation. */
const installed = [
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
];

/** Records what a compiler reads from the disk, for a program that keeps the compiler's results. */
export class RecordedInputs implements DiskReads {
  readonly #begunAt = Date.now();
  readonly #asked = new Set<string>();
  readonly #listed = new Set<string>();

  readonly asked = (path: string): void => void this.#asked.add(resolve(path));

  readonly listed = (folder: string): void => void this.#listed.add(resolve(folder));

  /** @returns null if something has changed in the meantime */
  stateFor(directory: string, configs: readonly ProjectConfig[]): DiskState | null {
    for (let folder = directory; ; folder = dirname(folder)) {
      for (const file of installed) this.asked(join(folder, file));
      if (dirname(folder) === folder) break;
    }
    const outputs = configs.flatMap(({ parsed: { options } }) => [
      options.outDir ?? [],
      options.declarationDir ?? [],
    ]);
    // If a folder exists, its files count.
    const found = [...this.#asked].map((path) => ({
      path,
      stats: statSync(path, { throwIfNoEntry: false }),
    }));
    const isOfPackages = (folder: string): boolean => folder.split(sep).includes("node_modules");
    const listed = [...this.#listed];
    const inputs = {
      read: found.flatMap(({ path, stats }) => (stats?.isFile() ? path : [])),
      absent: found.flatMap(({ path, stats }) => (stats ? [] : path)),
      listed: listed.filter(isOfPackages),
      trees: outermost([
        ...listed.filter((folder) => !isOfPackages(folder)),
        ...configs.flatMap(foldersOfPatterns),
      ]),
      outputs: outputs.flat().map((one) => resolve(one)),
      allowsJs: configs.some(
        ({ parsed: { options } }) => options.allowJs ?? options.checkJs ?? false,
      ),
    };
    return stateOf(inputs, this.#begunAt);
  }
}

/** The folders whose sources belong to the project. */
function foldersOfPatterns({ file, parsed: { wildcardDirectories } }: ProjectConfig): string[] {
  return wildcardDirectories ? Object.keys(wildcardDirectories) : [dirname(file)];
}

/** Leaves out folders that are in another one. */
function outermost(folders: readonly string[]): string[] {
  const isBelow = (folder: string, above: string): boolean =>
    folder !== above && !relative(above, folder).startsWith("..");
  return [...new Set(folders)].filter((one) => !folders.some((above) => isBelow(one, above)));
}

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { readRawTsconfig, readTsconfig, type Tsconfig } from "../hosts/tsconfig";
import { findOutdated } from "./build-info";
import { type Command, exitCodes, projectOption } from "./command";
import { examineEntry } from "./examine-entry";
import { examineOutput, type Output, type OutputFolder } from "./examine-output";
import { findConfig, nearestFolderWith } from "./find-config";
import { type FoundHost, findHosts } from "./find-hosts";

export const doctor: Command = {
  name: "doctor",
  positionals: "",
  count: [0, 0],
  summary:
    "Says which compilers and hosts the project has, which of them are set up, and whether the build output is compiled",
  details: "The exit code is 1 if something has to be done.",
  options: { project: projectOption },
  run: async ({ values }, terminal) => {
    const configFile = findConfig(terminal.directory, values["project"]);
    const { directory } = terminal;
    const projects = projectsOf(configFile).map((file) => new ExaminedProject(file, directory));
    const isCompiled = projects.some((project) => project.isCompiled);
    const lines = [
      ...describeHosts(
        // Without -p it is the package that the command is called in.
        values["project"] === undefined ? directory : dirname(configFile),
        isCompiled,
      ),
      ...projects.flatMap((project) => project.lines()),
    ];
    for (const { good, text } of lines)
      terminal.write(`${good === null ? " " : good ? "✔" : "✘"} ${text}\n`);
    return lines.some(({ good }) => good === false) ? exitCodes.problems : exitCodes.clean;
  },
};

/**
 * Returns the config, or the packages and projects that it references if it has no files of its
 * own. Other configs that it references are about the same sources, as in the templates of Vite and
 * Nuxt: readTsconfig finds the right one of them.
 */
function projectsOf(configFile: string): readonly string[] {
  try {
    const { isSolution, references } = readRawTsconfig(configFile);
    const others = references.filter((file) => isProject(file, dirname(configFile)));
    return isSolution && others.length > 0 ? others : [configFile];
  } catch {
    // The line about the entry says what is wrong.
    return [configFile];
  }
}

function isProject(configFile: string, solutionFolder: string): boolean {
  const folder = dirname(configFile);
  if (folder === solutionFolder) return false;
  return basename(configFile) === "tsconfig.json" || existsSync(join(folder, "package.json"));
}

/** One line of the report. If null, the line is only informative. */
interface Line {
  readonly good: boolean | null;
  readonly text: string;
}

function describeHosts(from: string, isCompiled: boolean): readonly Line[] {
  const directory = nearestFolderWith(from, "package.json");
  const found = directory === null ? null : findHosts(directory);
  if (directory === null || found === null)
    return [{ good: false, text: "There is no package.json here or above." }];
  if (found.hosts.length === 0)
    return [
      {
        good: isCompiled ? null : false,
        text: "Nothing in package.json is known to build TypeScript. See docs/hosts.md.",
      },
    ];
  const isAnySetUp = found.hosts.some(({ isSetUp }) => isSetUp);
  const version = versionOf(directory, "typescript");
  return found.hosts.map((one) => describeHost(one, isAnySetUp, isCompiled, version));
}

function describeHost(
  { host, isSetUp, mistake }: FoundHost,
  isAnySetUp: boolean,
  isCompiled: boolean,
  version: string | null,
): Line {
  const isCompiler = host.name === "typescript";
  const name = isCompiler && version !== null ? `typescript ${version}` : host.name;
  if (mistake !== null) return { good: false, text: `${name}: ${mistake}` };
  if (isSetUp) return { good: true, text: `${name}: set up for zcache` };
  const isNative = isCompiler && Number.parseInt(version ?? "", 10) >= 7;
  // `npx zcache build` and `npx tspc` need no script, so the output shows whether they were used.
  if (isCompiler && isCompiled && !isAnySetUp)
    return {
      good: true,
      text: `${name}: the output is compiled with the cache, though no script of package.json does that. Write ${isNative ? "zcache build" : "tspc"} into the script that builds`,
    };
  const add = isNative ? "build with zcache build" : host.add;
  // A project may have several hosts, and build its program with one.
  return {
    good: isAnySetUp || isCompiled ? null : false,
    text: `${name}: not set up. If it builds files with @zcache comments, ${add}`,
  };
}

/** A tsconfig, its zcache entry, and what the build of its sources has written. */
class ExaminedProject {
  readonly #tsconfig: Tsconfig | null;
  readonly #output: Output | null;
  readonly #shown: string;

  constructor(
    private readonly configFile: string,
    private readonly directory: string,
  ) {
    this.#tsconfig = tryReading(configFile);
    this.#output = this.#tsconfig && examineOutput(configFile, this.#tsconfig);
    this.#shown = relative(directory, configFile).replaceAll("\\", "/") || configFile;
  }

  /** Whether its output has every annotated function that is in it with the cache. */
  get isCompiled(): boolean {
    const folders = this.#output?.folders ?? [];
    return (
      folders.length > 0 &&
      folders.every(({ compiled, uncompiled }) => compiled.length > 0 && uncompiled.length === 0)
    );
  }

  lines(): readonly Line[] {
    return [this.#describeEntry(), ...this.#describeOutput()];
  }

  #describeEntry(): Line {
    try {
      const finding = examineEntry(this.configFile, this.directory);
      if (finding === null) return { good: true, text: `${this.#shown}: has a zcache entry` };
      return { good: finding.grade === "hint" ? null : false, text: finding.message };
    } catch (error) {
      return { good: false, text: (error as Error).message };
    }
  }

  #describeOutput(): readonly Line[] {
    // The line about the entry says why it could not be read.
    if (this.#tsconfig === null || this.#output === null) return [];
    const { names, folders } = this.#output;
    const where = relative(this.directory, dirname(this.configFile)).replaceAll("\\", "/");
    const of = where === "" ? "" : `${where}: `;
    if (names.length === 0) return [{ good: null, text: `${of}No function has a @zcache comment` }];
    if (folders.length === 0)
      return [
        {
          good: null,
          text: `${of}${counted(names.length)} a @zcache comment; nothing is built yet`,
        },
      ];
    return [
      ...folders.map((folder) =>
        describeFolder(folder, where, names.length, this.#tsconfig?.options.namespace ?? null),
      ),
      ...this.#describeBuildInfo(this.#tsconfig, folders),
    ];
  }

  /** Says if `tsc -b` would leave output as it is that has to be written again. */
  #describeBuildInfo(tsconfig: Tsconfig, folders: readonly OutputFolder[]): readonly Line[] {
    const own = dirname(this.configFile);
    const outdated = findOutdated(
      [own, ...folders.map(({ name }) => join(own, name))],
      tsconfig,
      findHosts(own)?.isBuiltByTspc === true,
    );
    const [first] = outdated;
    if (first === undefined) return [];
    const shown = `${relative(own, first)}${outdated.length > 1 ? ` and ${outdated.length - 1} more` : ""}`;
    return [
      {
        good: false,
        text: `${this.#shown}: its incremental build has compiled ${shown} without zcache, or with another version, other options or another name of the package. Build again with tspc -b --force, or with zcache build`,
      },
    ];
  }
}

function describeFolder(
  { name, compiled, uncompiled, absent, isOld }: OutputFolder,
  where: string,
  count: number,
  namespace: string | null,
): Line {
  const folder = where === "" ? name : `${where}/${name}`;
  const text = `${folder}: ${compiled.length} of ${count} functions with a @zcache comment are compiled`;
  if (uncompiled.length > 0 || compiled.length === 0)
    return {
      good: false,
      text: `${text}. ${listed(uncompiled.length > 0 ? uncompiled : absent)} not. Build again; where an earlier tsc -b has written it, with tspc -b --force`,
    };
  if (isOld)
    return {
      good: false,
      text: `${text}, but without the namespace "${namespace}" of the plugin entry: it was built before that changed. Build again`,
    };
  if (absent.length === 0) return { good: true, text };
  return {
    good: null,
    text: `${text}. ${listed(absent)} not in it: a bundler leaves out what nothing uses, and a test is not built. If neither is the reason, build again`,
  };
}

function counted(count: number): string {
  return count === 1 ? "1 function has" : `${count} functions have`;
}

/** Returns the first names with a verb: `a is`, or `a, b, c and 4 more are`. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  const rest = names.length - 3;
  return rest > 0
    ? `${shown} and ${rest} more are`
    : `${shown} ${names.length === 1 ? "is" : "are"}`;
}

function tryReading(configFile: string): Tsconfig | null {
  try {
    return readTsconfig(configFile);
  } catch {
    return null;
  }
}

function versionOf(directory: string, name: string): string | null {
  try {
    const file = createRequire(join(directory, "package.json")).resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
  } catch {
    return null;
  }
}

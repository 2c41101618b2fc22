import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { hasDirective } from "../context/concern";
import { readTsconfig, type Tsconfig } from "../hosts/tsconfig";
import { transformText } from "../text/transform-text";
import { type Command, exitCodes, projectOption } from "./command";
import { findOutdated } from "./build-info";
import { findConfig } from "./find-config";
import { examineEntry } from "./examine-entry";
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
    const lines = [
      ...describeHosts(directory),
      describeEntry(configFile, directory),
      ...examineOutput(configFile),
    ];
    for (const { good, text } of lines)
      terminal.write(`${good === null ? " " : good ? "✔" : "✘"} ${text}\n`);
    return lines.some(({ good }) => good === false) ? exitCodes.problems : exitCodes.clean;
  },
};

/** One line of the report. If null, the line is only informative. */
interface Line {
  readonly good: boolean | null;
  readonly text: string;
}

function describeHosts(directory: string): readonly Line[] {
  const found = findHosts(directory);
  if (!found) return [{ good: false, text: "There is no package.json here." }];
  if (found.hosts.length === 0)
    return [
      {
        good: false,
        text: "Nothing in package.json is known to build TypeScript. See docs/hosts.md.",
      },
    ];
  const isAnySetUp = found.hosts.some(({ isSetUp }) => isSetUp);
  const version = versionOf(directory, "typescript");
  return found.hosts.map((one) => describeHost(one, isAnySetUp, version));
}

function describeHost(
  { host, isSetUp, mistake }: FoundHost,
  isAnySetUp: boolean,
  version: string | null,
): Line {
  const isCompiler = host.name === "typescript";
  const name = isCompiler && version !== null ? `typescript ${version}` : host.name;
  if (mistake !== null) return { good: false, text: `${name}: ${mistake}` };
  if (isSetUp) return { good: true, text: `${name}: set up for zcache` };
  const isNative = isCompiler && Number.parseInt(version ?? "", 10) >= 7;
  const add = isNative ? "build with zcache build" : host.add;
  // A project may have several hosts, and build its program with one.
  return {
    good: isAnySetUp ? null : false,
    text: `${name}: not set up. If it builds files with @zcache comments, ${add}`,
  };
}

function describeEntry(configFile: string, directory: string): Line {
  const shown = relative(directory, configFile) || configFile;
  try {
    const finding = examineEntry(configFile, directory);
    if (finding === null) return { good: true, text: `${shown}: has a zcache entry` };
    return { good: finding.grade === "hint" ? null : false, text: finding.message };
  } catch (error) {
    return { good: false, text: (error as Error).message };
  }
}

/** Searches the built files for the names of the functions in the sources. */
function examineOutput(configFile: string): readonly Line[] {
  const directory = dirname(configFile);
  const tsconfig = tryReading(configFile);
  // The previous line says why.
  if (tsconfig === null) return [];
  const names = namesIn(directory, tsconfig);
  if (names.length === 0) return [{ good: null, text: "No function has a @zcache comment" }];
  const folders = outputFolders.filter((folder) => existsSync(join(directory, folder)));
  if (folders.length === 0)
    return [
      {
        good: null,
        text: `${names.length} functions have a @zcache comment; nothing is built yet`,
      },
    ];
  return [
    ...folders.map((folder) => examineFolder(directory, folder, names, tsconfig.options.namespace)),
    ...examineBuildInfo(configFile, folders, tsconfig),
  ];
}

/** Says if `tsc -b` would leave output as it is that has to be written again. */
function examineBuildInfo(
  configFile: string,
  folders: readonly string[],
  tsconfig: Tsconfig,
): readonly Line[] {
  const directory = dirname(configFile);
  const outdated = findOutdated(
    [directory, ...folders.map((folder) => join(directory, folder))],
    tsconfig,
    findHosts(directory)?.isBuiltByTspc === true,
  );
  const [first] = outdated;
  if (first === undefined) return [];
  const shown = `${relative(directory, first)}${outdated.length > 1 ? ` and ${outdated.length - 1} more` : ""}`;
  return [
    {
      good: false,
      text: `${basename(configFile)}: its incremental build has compiled ${shown} without zcache, or with another version, other options or another name of the package. Build again with tspc -b --force, or with zcache build`,
    },
  ];
}

function examineFolder(
  directory: string,
  folder: string,
  names: readonly string[],
  namespace: string | null,
): Line {
  const built = [...textsIn(join(directory, folder), /\.[cm]?js$/)].join("\n");
  const compiled = names.filter(
    (name) => built.includes(JSON.stringify(name)) || built.includes(`'${name}'`),
  );
  const text = `${folder}: ${compiled.length} of ${names.length} functions with a @zcache comment are compiled`;
  if (compiled.length < names.length)
    return {
      good: false,
      text: `${text}. Build again; where an earlier tsc -b has written it, with tspc -b --force`,
    };
  const isOld =
    namespace !== null &&
    !built
      .replaceAll(/namespace:\s+/g, "namespace:")
      .includes(`namespace:${JSON.stringify(namespace)}`);
  if (isOld)
    return {
      good: false,
      text: `${text}, but without the namespace "${namespace}" of the plugin entry: it was built before that changed. Build again`,
    };
  return { good: true, text };
}

function tryReading(configFile: string): Tsconfig | null {
  try {
    return readTsconfig(configFile);
  } catch {
    return null;
  }
}

const outputFolders = ["dist", "out", "build", "lib", ".output", ".next/server"];

function namesIn(
  directory: string,
  { options, experimentalDecorators }: Tsconfig,
): readonly string[] {
  const names = new Set<string>();
  for (const file of walk(directory, /\.[cm]?tsx?$/)) {
    const text = readText(file);
    if (!hasDirective(text) || /\.d\.[cm]?ts$/.test(file)) continue;
    const { code } = transformText(text, file, { options, experimentalDecorators });
    for (const [, name] of (code ?? "").matchAll(/^name: "(.*)",$/gm)) names.add(name as string);
  }
  return [...names];
}

function* textsIn(directory: string, pattern: RegExp): Iterable<string> {
  for (const file of walk(directory, pattern)) yield readText(file);
}

function* walk(directory: string, pattern: RegExp): Iterable<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (
      entry.isDirectory() &&
      entry.name !== "node_modules" &&
      (!entry.name.startsWith(".") || directory.includes(".next"))
    )
      yield* walk(path, pattern);
    else if (entry.isFile() && pattern.test(entry.name)) yield path;
  }
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}

function versionOf(directory: string, name: string): string | null {
  try {
    const file = createRequire(join(directory, "package.json")).resolve(`${name}/package.json`);
    return (JSON.parse(readText(file)) as { readonly version: string }).version;
  } catch {
    return null;
  }
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, relative } from "node:path";
import { hasDirective } from "../context/concern";
import { readTsconfig, type Tsconfig } from "../hosts/tsconfig";
import { transformText } from "../text/transform-text";
import { type Command, exitCodes, projectOption, type Terminal } from "./command";
import { findConfig } from "./find-config";
import { knownHosts } from "./known-hosts";

export const doctor: Command = {
  name: "doctor",
  positionals: "",
  count: [0, 0],
  summary:
    "Which compilers and hosts the project has, which of them is set up, and whether the build output is compiled",
  details: "The exit code is 1 if something has to be done.",
  options: { project: projectOption },
  run: async ({ values }, terminal) => {
    const configFile = findConfig(terminal.directory, values["project"]);
    const lines = [...examineHosts(terminal), ...examineEntry(configFile), ...examineOutput(configFile)];
    for (const { good, text } of lines) terminal.write(`${good === null ? " " : good ? "✔" : "✘"} ${text}\n`);
    return lines.some(({ good }) => good === false) ? exitCodes.problems : exitCodes.clean;
  },
};

/** One line of the report. If null, the line is only informative. */
interface Line {
  readonly good: boolean | null;
  readonly text: string;
}

function examineHosts({ directory }: Terminal): readonly Line[] {
  const manifest = join(directory, "package.json");
  if (!existsSync(manifest)) return [{ good: false, text: "There is no package.json here." }];
  const text = readFileSync(manifest, "utf8");
  const { dependencies, devDependencies } = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
  const installed = Object.keys({ ...dependencies, ...devDependencies });
  const found = knownHosts.filter((host) => host.packages.some((name) => installed.includes(name)));
  const configured = found.map((host) => ({
    host,
    isSetUp: host.signs.test(text) || filesOf(directory, host.configs).some((file) => host.signs.test(readText(file))),
  }));
  const version = versionOf(directory, "typescript");
  const isAnySetUp = configured.some(({ isSetUp }) => isSetUp);
  const lines = configured.map(({ host, isSetUp }): Line => {
    const name = host.packages[0] === "typescript" && version !== null ? `typescript ${version}` : host.name;
    if (isSetUp) return { good: true, text: `${name}: set up for zcache` };
    // A project may have several hosts, and build its program with one.
    const add =
      host.packages[0] === "typescript" && Number.parseInt(version ?? "", 10) >= 7
        ? "build with zcache build"
        : host.add;
    return {
      good: isAnySetUp ? null : false,
      text: `${name}: not set up. If it builds files with @zcache comments, ${add}`,
    };
  });
  if (lines.length > 0) return lines;
  return [{ good: false, text: "Nothing in package.json is known to build TypeScript. See docs/hosts.md." }];
}

function examineEntry(configFile: string): readonly Line[] {
  const shown = relative(process.cwd(), configFile) || configFile;
  try {
    const { hasEntry } = readTsconfig(configFile);
    if (!hasEntry)
      return [{ good: null, text: `${shown}: no zcache entry in plugins, so every option has its default` }];
  } catch (error) {
    return [{ good: false, text: (error as Error).message }];
  }
  return [{ good: true, text: `${shown}: has a zcache entry` }];
}

/** Searches the built files for the names of the functions in the sources. */
function examineOutput(configFile: string): readonly Line[] {
  const directory = dirname(configFile);
  const names = namesIn(directory, readTsconfig(configFile));
  if (names.length === 0) return [{ good: null, text: "No function has a @zcache comment" }];
  const folders = outputFolders.filter((folder) => existsSync(join(directory, folder)));
  if (folders.length === 0)
    return [{ good: null, text: `${names.length} functions have a @zcache comment; nothing is built yet` }];
  return folders.map((folder) => {
    const built = [...textsIn(join(directory, folder), /\.[cm]?js$/)].join("\n");
    const compiled = names.filter((name) => built.includes(JSON.stringify(name)) || built.includes(`'${name}'`));
    const text = `${folder}: ${compiled.length} of ${names.length} functions with a @zcache comment are compiled`;
    return { good: compiled.length === names.length, text };
  });
}

const outputFolders = ["dist", "out", "build", "lib", ".output", ".next/server"];

function namesIn(directory: string, { options, experimentalDecorators }: Tsconfig): readonly string[] {
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

/** Returns files of the project's folder, and of its scripts, whose names match. */
function filesOf(directory: string, pattern: RegExp): readonly string[] {
  const folders = [directory, ...["scripts", "config", "tools"].map((name) => join(directory, name))].filter(
    existsSync,
  );
  return folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() &&
          pattern.test(entry.name) &&
          [".js", ".cjs", ".mjs", ".ts", ".mts", ".cts", ".json", ""].includes(extname(entry.name)),
      )
      .map((entry) => join(folder, entry.name)),
  );
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

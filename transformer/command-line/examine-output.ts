import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { hasDirective } from "../context/concern";
import { type Tsconfig } from "../hosts/tsconfig";
import { transformText } from "../text/transform-text";

/** What the build of a project has written, as far as its annotated functions are concerned. */
export interface Output {
  /** The names of the annotated functions in the sources. */
  readonly names: readonly string[];
  readonly folders: readonly OutputFolder[];
}

export interface OutputFolder {
  /** Its path from the folder of the tsconfig. */
  readonly name: string;
  readonly compiled: readonly string[];
  /** The functions that are there without the cache. */
  readonly uncompiled: readonly string[];
  /** The functions that aren't there at all. A bundler leaves out what nothing uses. */
  readonly absent: readonly string[];
  /** Whether the functions were compiled with another namespace than the entry's. */
  readonly isOld: boolean;
}

/** Where bundlers and frameworks write to, which don't take `outDir` from the tsconfig. */
const usualFolders = [
  "dist",
  "out",
  "build",
  "lib",
  "public/build",
  ".output",
  ".next/server",
  ".svelte-kit/output",
  ".vercel/output",
];

/** Searches the built files for the names of the functions in the sources. */
export function examineOutput(configFile: string, tsconfig: Tsconfig): Output {
  const directory = dirname(configFile);
  const folders = foldersOf(directory, tsconfig);
  const names = namesIn(directory, tsconfig);
  if (names.length === 0) return { names, folders: [] };
  const examined = folders.map((folder) => examineFolder(directory, folder, names, tsconfig));
  // A folder that another tool writes, or that holds sources, says nothing about this build.
  const related = examined.filter(
    ({ compiled, uncompiled }) => compiled.length + uncompiled.length > 0,
  );
  return { names, folders: related.length > 0 ? related : examined };
}

function foldersOf(directory: string, { outDir }: Tsconfig): readonly string[] {
  const usual = usualFolders.map((name) => join(directory, name));
  const all = new Set(outDir === null || outDir === directory ? usual : [outDir, ...usual]);
  return [...all].filter((folder) => existsSync(folder));
}

function examineFolder(
  directory: string,
  folder: string,
  names: readonly string[],
  { options: { namespace } }: Tsconfig,
): OutputFolder {
  const built = [...textsIn(folder, /\.[cm]?js$/)].join("\n");
  const isCompiled = (name: string): boolean =>
    built.includes(JSON.stringify(name)) || built.includes(`'${name}'`);
  const others = names.filter((name) => !isCompiled(name));
  const uncompiled = others.filter((name) => declares(built, name));
  return {
    name: relative(directory, folder).replaceAll("\\", "/"),
    compiled: names.filter(isCompiled),
    uncompiled,
    absent: others.filter((name) => !uncompiled.includes(name)),
    isOld:
      namespace !== null &&
      !built
        .replaceAll(/namespace:\s+/g, "namespace:")
        .includes(`namespace:${JSON.stringify(namespace)}`),
  };
}

/** Whether the code has a function of this name. `default` stands for one that may have any. */
function declares(code: string, name: string): boolean {
  const own = name.slice(name.lastIndexOf(".") + 1);
  return (
    own === "default" ||
    new RegExp(`(?<![\\w$])${own.replaceAll(/\W/g, "\\$&")}\\s*[(=:]`).test(code)
  );
}

function namesIn(
  directory: string,
  { options, experimentalDecorators }: Tsconfig,
): readonly string[] {
  const names = new Set<string>();
  for (const file of walk(directory, /\.[cm]?tsx?$/)) {
    const text = readFileSync(file, "utf8");
    if (!hasDirective(text) || /\.d\.[cm]?ts$/.test(file)) continue;
    const { code } = transformText(text, file, { options, experimentalDecorators });
    for (const [, name] of (code ?? "").matchAll(/^name: "(.*)",$/gm)) names.add(name as string);
  }
  return [...names];
}

function* textsIn(folder: string, pattern: RegExp): Iterable<string> {
  for (const file of walk(folder, pattern)) yield readFileSync(file, "utf8");
}

/** Walks a folder without those of packages and of hidden tools. */
function* walk(folder: string, pattern: RegExp): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && pattern.test(entry.name)) yield path;
    else if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith("."))
      yield* walk(path, pattern);
  }
}

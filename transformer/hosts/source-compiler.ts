import { isModulePackage } from "../context/module-format";
import { hasDirective } from "../context/concern";
import { type ModuleName, ModuleNames, type PackageHost } from "../context/module-name";
import { packages } from "../text/packages";
import { dirname, relative, resolve } from "node:path";
import { blockFiles, isConcerned } from "./files";
import { type HostProblem, locate } from "./host-problem";
import { KeptSources } from "./kept-sources";
import { describeReplacedEntry, type Tsconfig, Tsconfigs } from "./tsconfig";

export interface CompiledSource {
  /** It is null if the file stays as it is. */
  readonly code: string | null;
  /** The source map as JSON. It is null if the file stays as it is, or if no map is wanted. */
  readonly map: string | null;
  readonly problems: readonly HostProblem[];
  /**
   * The files of the project that the result depends on beside the source: the tsconfig with all
   * that it extends, and the package.json files that name the module.
   */
  readonly dependencies: readonly string[];
}

/** What a host wants from a file. */
export interface Wanted {
  /** How the file will be loaded, if the host knows; otherwise the file decides. */
  readonly format?: "commonjs" | "esm" | undefined;
  readonly withoutMap?: boolean;
}

const untouched: CompiledSource = { code: null, map: null, problems: [], dependencies: [] };

/** Transforms text with the options of each file's tsconfig. A build has one compiler. */
export class SourceCompiler {
  readonly #tsconfigs: Tsconfigs;
  #kept: KeptSources | null | undefined;

  /**
   * @param kept where rewritten files are kept for the next build; by default in the program's
   * node_modules
   */
  constructor(tsconfig?: string, kept?: KeptSources | null) {
    this.#tsconfigs = new Tsconfigs(tsconfig);
    this.#kept = kept;
  }

  /**
   * @param id a path. Bundlers put a NUL before it if there is no such file, and may put a `?` and
   * more behind it.
   */
  compile(text: string, id: string, wanted: Wanted = {}): CompiledSource {
    if (blockFiles.test(id)) return hasDirective(text) ? refuseBlocks(text, id) : untouched;
    const file = fileOf(id);
    if (!isConcerned(file, text)) return untouched;
    const asked = this.#ask(text, file, wanted);
    if (asked === null) {
      warnOfJavaScript(text, file);
      return untouched;
    }
    const { tsconfig, inputs, dependencies } = asked;
    warnOfReplacedEntry(tsconfig);
    this.#kept = this.#kept === undefined ? KeptSources.ofProgram(process.cwd()) : this.#kept;
    if (this.#kept === null) return { ...transform(asked), dependencies };
    const source = JSON.stringify([resolve(file), wanted]);
    const kept = this.#kept.find(source, inputs);
    if (kept) return { ...kept, problems: [], dependencies };
    const made = transform(asked);
    // Each build shows the problems, until they are corrected.
    if (made.problems.length === 0) this.#kept.keep(source, inputs, made);
    return { ...made, dependencies };
  }

  /**
   * Returns everything that the result for a file depends on, but for the code of zcache: a host
   * that keeps results by itself must not use one that was made of something else.
   */
  inputsOf(text: string, id: string, wanted: Wanted = {}): readonly string[] {
    const file = fileOf(id);
    return (isConcerned(file, text) ? this.#ask(text, file, wanted)?.inputs : null) ?? [text];
  }

  tsconfigOf(file: string): Tsconfig {
    return this.#tsconfigs.of(file);
  }

  /** Returns null if the tsconfig leaves the file to others. */
  #ask(text: string, file: string, wanted: Wanted): Asked | null {
    const tsconfig = this.tsconfigOf(file);
    if (!tsconfig.allowJs && /\.[cm]?jsx?$/.test(file)) return null;
    const { options, experimentalDecorators } = tsconfig;
    const manifests: string[] = [];
    const recorded: PackageHost = {
      ...packages,
      readFile: (path) => {
        const read = packages.readFile(path);
        if (read !== undefined) manifests.push(path);
        return read;
      },
    };
    const moduleName = new ModuleNames(recorded, options.root, options.namespace).nameOf(file);
    // The package says how a file is loaded if the host doesn't.
    const isModule = wanted.format
      ? null
      : isModulePackage(recorded, dirname(packages.resolvePath(file)));
    return {
      ...{ text, file, tsconfig, moduleName, wanted },
      inputs: [JSON.stringify([file, options, experimentalDecorators, moduleName, isModule]), text],
      dependencies: [...new Set([...tsconfig.dependencies, ...manifests])],
    };
  }
}

/** A file that may need work, and all that the result depends on. */
interface Asked {
  readonly text: string;
  readonly file: string;
  readonly tsconfig: Tsconfig;
  readonly moduleName: ModuleName;
  readonly wanted: Wanted;
  readonly inputs: readonly string[];
  readonly dependencies: readonly string[];
}

function fileOf(id: string): string {
  return id.replace(/^\0/, "").replace(/[?#].*$/s, "");
}

function refuseBlocks(text: string, file: string): CompiledSource {
  const { problemsInBlocks } = require("./script-blocks") as typeof import("./script-blocks");
  const problems = problemsInBlocks(text, file).map((problem) => locate(text, file, problem));
  return { ...untouched, problems };
}

function transform({
  text,
  file,
  moduleName,
  tsconfig: { options, experimentalDecorators },
  wanted: { format, withoutMap = false },
}: Asked): Omit<CompiledSource, "dependencies"> {
  // Only a file that isn't kept needs the parser and the code that depends on it.
  const { transformText } =
    require("../text/transform-text") as typeof import("../text/transform-text");
  const given = {
    options,
    experimentalDecorators,
    moduleName,
    withoutMap,
    ...(format && { format }),
  };
  const result = transformText(text, file, given);
  return {
    code: result.code,
    map: result.map && String(result.map),
    problems: result.problems.map((problem) => locate(text, file, problem)),
  };
}

const warned = new Set<string>();

/** Warns once for each file, because its functions are uncached and nothing else would say so. */
function warnOfJavaScript(text: string, file: string): void {
  if (!hasDirective(text) || warned.has(file)) return;
  warned.add(file);
  const { linesOfDirectives } = require("./directive-lines") as typeof import("./directive-lines");
  const [line] = linesOfDirectives(text, file);
  if (line === undefined) return;
  process.emitWarning(
    `${relative(process.cwd(), file)}:${line} has a @zcache comment, and its function is not cached: JavaScript files are compiled only if the tsconfig has "allowJs": true.`,
    { code: "ZCACHE_JAVASCRIPT_UNCACHED" },
  );
}

/**
 * Warns once for each config, because its own `plugins` were hardly meant to give the functions
 * other keys.
 */
function warnOfReplacedEntry({ file, replaced }: Tsconfig): void {
  if (file === null || replaced === null || warned.has(file)) return;
  warned.add(file);
  process.emitWarning(describeReplacedEntry(file, replaced), { code: "ZCACHE_ENTRY_REPLACED" });
}

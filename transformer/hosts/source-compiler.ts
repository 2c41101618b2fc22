import { isModulePackage } from "../context/module-format";
import { type ModuleName, ModuleNames } from "../context/module-name";
import { packages } from "../text/packages";
import { dirname, resolve } from "node:path";
import { isConcerned } from "./files";
import { type HostProblem, locate } from "./host-problem";
import { KeptSources } from "./kept-sources";
import { describeReplacedEntry, type Tsconfig, Tsconfigs } from "./tsconfig";

export interface CompiledSource {
  /** It is null if the file stays as it is. */
  readonly code: string | null;
  /** The source map as JSON. It is null if the file stays as it is, or if no map is wanted. */
  readonly map: string | null;
  readonly problems: readonly HostProblem[];
}

/** What a host wants from a file. */
export interface Wanted {
  /** How the file will be loaded, if the host knows; otherwise the file decides. */
  readonly format?: "commonjs" | "esm" | undefined;
  readonly withoutMap?: boolean;
}

const untouched: CompiledSource = { code: null, map: null, problems: [] };

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

  /** @param id a path; the text that bundlers put after a `?` doesn't count */
  compile(text: string, id: string, wanted: Wanted = {}): CompiledSource {
    const file = id.replace(/[?#].*$/s, "");
    if (!isConcerned(file, text)) return untouched;
    const tsconfig = this.tsconfigOf(file);
    if (!tsconfig.allowJs && /\.[cm]?jsx?$/.test(file)) return untouched;
    warnOfReplacedEntry(tsconfig);
    this.#kept = this.#kept === undefined ? KeptSources.ofProgram(process.cwd()) : this.#kept;
    const { root, namespace } = tsconfig.options;
    const moduleName = new ModuleNames(packages, root, namespace).nameOf(file);
    if (this.#kept === null) return transform(text, file, moduleName, tsconfig, wanted);
    const source = JSON.stringify([resolve(file), wanted]);
    const inputs = inputsOf(text, file, moduleName, tsconfig, wanted);
    const kept = this.#kept.find(source, inputs);
    if (kept) return { ...kept, problems: [] };
    const made = transform(text, file, moduleName, tsconfig, wanted);
    // Each build shows the problems, until they are corrected.
    if (made.problems.length === 0) this.#kept.keep(source, inputs, made);
    return made;
  }

  tsconfigOf(file: string): Tsconfig {
    return this.#tsconfigs.of(file);
  }
}

function transform(
  text: string,
  file: string,
  moduleName: ModuleName,
  { options, experimentalDecorators }: Tsconfig,
  { format, withoutMap = false }: Wanted,
): CompiledSource {
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

/** The file itself, and everything that `transformText` reads from its surroundings. */
function inputsOf(
  text: string,
  file: string,
  moduleName: ModuleName,
  { options, experimentalDecorators }: Tsconfig,
  { format }: Wanted,
): readonly string[] {
  // The package says how a file is loaded if the host doesn't.
  const isModule = format ? null : isModulePackage(packages, dirname(packages.resolvePath(file)));
  return [JSON.stringify([file, options, experimentalDecorators, moduleName, isModule]), text];
}

const warned = new Set<string>();

/**
 * Warns once for each config, because its own `plugins` were hardly meant to give the functions
 * other keys.
 */
function warnOfReplacedEntry({ file, replaced }: Tsconfig): void {
  if (file === null || replaced === null || warned.has(file)) return;
  warned.add(file);
  process.emitWarning(describeReplacedEntry(file, replaced), { code: "ZCACHE_ENTRY_REPLACED" });
}

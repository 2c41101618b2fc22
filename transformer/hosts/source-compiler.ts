import { isConcerned } from "./files";
import { type HostProblem, locate } from "./host-problem";
import { describeReplacedEntry, type Tsconfig, Tsconfigs } from "./tsconfig";
import { type SourceMap, transformText } from "../text/transform-text";

export interface CompiledSource {
  /** Null if the file stays as it is. */
  readonly code: string | null;
  readonly map: SourceMap | null;
  readonly problems: readonly HostProblem[];
}

const untouched: CompiledSource = { code: null, map: null, problems: [] };

/** The transform of text with the options of each file's tsconfig. A build has one. */
export class SourceCompiler {
  readonly #tsconfigs: Tsconfigs;

  constructor(tsconfig?: string) {
    this.#tsconfigs = new Tsconfigs(tsconfig);
  }

  /** @param id a path; the text that bundlers put after a `?` doesn't count */
  compile(text: string, id: string, format?: "commonjs" | "esm"): CompiledSource {
    const file = id.replace(/[?#].*$/s, "");
    if (!isConcerned(file, text)) return untouched;
    const tsconfig = this.tsconfigOf(file);
    const { options, experimentalDecorators, allowJs } = tsconfig;
    if (!allowJs && /\.[cm]?jsx?$/.test(file)) return untouched;
    warnOfReplacedEntry(tsconfig);
    const result = transformText(text, file, { options, experimentalDecorators, ...(format && { format }) });
    return { ...result, problems: result.problems.map((problem) => locate(text, file, problem)) };
  }

  tsconfigOf(file: string): Tsconfig {
    return this.#tsconfigs.of(file);
  }
}

const warned = new Set<string>();

/** Warns once for each config, because its own `plugins` were hardly meant to give the functions other keys. */
function warnOfReplacedEntry({ file, replaced }: Tsconfig): void {
  if (file === null || replaced === null || warned.has(file)) return;
  warned.add(file);
  process.emitWarning(describeReplacedEntry(file, replaced), { code: "ZCACHE_ENTRY_REPLACED" });
}

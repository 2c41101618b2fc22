import { type TextProblem } from "./text-problem";
import { analyzeFile } from "../plan/analyze-file";
import { type FileContext } from "../context/file-context";
import { hasDirective, isCompiled, mayNeedRewriting } from "../context/concern";
import { formatInSource } from "../context/module-format";
import { ModuleNames } from "../context/module-name";
import { type PluginOptions } from "../context/plugin-options";
import { type Problem } from "../context/rules";
import { packages } from "./packages";
import { syntaxErrorOf } from "./syntax-error";

export interface TextOptions {
  /** Those of the plugin entry. */
  readonly options: PluginOptions;
  readonly experimentalDecorators: boolean;
  /** How the file will be loaded, where the host knows; else the file tells. */
  readonly format?: "commonjs" | "esm";
}

export interface TextResult {
  /** Null: the file has nothing that concerns zcache, and stays as it is. */
  readonly code: string | null;
  readonly map: SourceMap | null;
  /** Of a file with problems the functions that have them are left as they were. */
  readonly problems: readonly TextProblem[];
}

export interface SourceMap {
  readonly version: number;
  readonly file?: string;
  readonly sources: string[];
  readonly sourcesContent?: string[];
  readonly names: string[];
  readonly mappings: string;
  toString(): string;
}

const untouched: TextResult = { code: null, map: null, problems: [] };

/**
 * TypeScript in, TypeScript out, with the cache in it. What it is given may be anything: a file without a directive or an
 * operation is returned after a search of its text, before anything else is loaded.
 */
export function transformText(text: string, fileName: string, given: TextOptions): TextResult {
  if (!mayNeedRewriting(text) || isCompiled(text)) return untouched;
  const { parser: ts } = require("./parser") as typeof import("./parser");
  const sourceFile = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const error = syntaxErrorOf(ts, sourceFile);
  // What compiles the file next says the same, unless it knows a newer syntax than we do.
  if (error) return hasDirective(text) ? { ...untouched, problems: [error] } : untouched;
  const problems: Problem[] = [];
  const context: FileContext = {
    ts,
    sourceFile,
    compilerOptions: { target: ts.ScriptTarget.ESNext, experimentalDecorators: given.experimentalDecorators },
    checker: null,
    program: null,
    options: given.options,
    moduleName: new ModuleNames(packages, given.options.root, given.options.namespace).nameOf(fileName),
    format: given.format ?? formatInSource(ts, sourceFile, packages),
    // Hints are for the editor and `zcache check`.
    report: (found) => void (found.grade === "error" && problems.push(found)),
  };
  const { targets } = hasDirective(text) ? analyzeFile(context) : { targets: [] };
  const { MagicString } = require("./magic-string") as typeof import("./magic-string");
  const { rewriteText } = require("./rewrite-text") as typeof import("./rewrite-text");
  const edited = new MagicString(text);
  const found = problems
    .toSorted((a, b) => a.span.start - b.span.start)
    .map(({ code, message, span }) => ({ code, message, start: span.start, end: Math.max(span.start + 1, span.end) }));
  rewriteText(context, targets, edited);
  if (!edited.hasChanged()) return { ...untouched, problems: found };
  const map = edited.generateMap({ hires: "boundary", source: fileName, includeContent: true }) as SourceMap;
  return { code: edited.toString(), map, problems: found };
}

import { type SourceMap } from "./describe-edits";
import { type TextProblem } from "./text-problem";
import { type FileContext } from "../context/file-context";
import { hasDirective, isCompiled, mayNeedRewriting } from "../context/concern";
import { formatInSource } from "../context/module-format";
import { type ModuleName, ModuleNames } from "../context/module-name";
import { type PluginOptions } from "../context/plugin-options";
import { type Problem } from "../context/rules";
import { packages } from "./packages";
import { syntaxErrorOf } from "./syntax-error";

export interface TextOptions {
  /** The options of the plugin entry. */
  readonly options: PluginOptions;
  readonly experimentalDecorators: boolean;
  /**
   * The first part of default keys, if the caller knows it; otherwise the file's package is looked
   * for.
   */
  readonly moduleName?: ModuleName;
  /** How the file will be loaded, if the host knows; otherwise the file decides. */
  readonly format?: "commonjs" | "esm";
  /** Whether no map is needed. Making one takes a tenth of the time. */
  readonly withoutMap?: boolean;
}

export interface TextResult {
  /** It is null if nothing in the file concerns zcache, so that it stays as it is. */
  readonly code: string | null;
  /** It is null if the file stays as it is, or if no map is wanted. */
  readonly map: SourceMap | null;
  /** Functions that have problems are left as they were. */
  readonly problems: readonly TextProblem[];
}

const untouched: TextResult = { code: null, map: null, problems: [] };

/**
 * Adds the cache to TypeScript text, and returns TypeScript. Any text may be given: a file without
 * a directive or an operation is returned after a search of its text, before anything else is
 * loaded.
 */
export function transformText(text: string, fileName: string, given: TextOptions): TextResult {
  if (!mayNeedRewriting(text) || isCompiled(text)) return untouched;
  const { parser: ts } = require("./parser") as typeof import("./parser");
  // Directives are found by the text of comments, so that JSDoc needn't be parsed.
  const syntax = {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  };
  const sourceFile = ts.createSourceFile(fileName, text, syntax, true);
  const error = syntaxErrorOf(ts, sourceFile);
  // The next compiler reports the same error, unless it knows a newer syntax than zcache's parser.
  if (error) return hasDirective(text) ? { ...untouched, problems: [error] } : untouched;
  const problems: Problem[] = [];
  const context: FileContext = {
    ts,
    sourceFile,
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      experimentalDecorators: given.experimentalDecorators,
    },
    checker: null,
    program: null,
    options: given.options,
    moduleName:
      given.moduleName ??
      new ModuleNames(packages, given.options.root, given.options.namespace).nameOf(fileName),
    format: given.format ?? formatInSource(ts, sourceFile, packages),
    // Hints are for the editor and `zcache check`.
    report: (found) => void (found.grade === "error" && problems.push(found)),
  };
  const { analyzeFile } = require("../plan/analyze-file") as typeof import("../plan/analyze-file");
  const { targets } = hasDirective(text) ? analyzeFile(context) : { targets: [] };
  const { MagicString } = require("./magic-string") as typeof import("./magic-string");
  const { rewriteText } = require("./rewrite-text") as typeof import("./rewrite-text");
  const edited = new MagicString(text);
  const found = problems
    .toSorted((a, b) => a.span.start - b.span.start)
    .map(({ code, message, span }) => ({
      code,
      message,
      start: span.start,
      end: Math.max(span.start + 1, span.end),
    }));
  const { describeEdits } = require("./describe-edits") as typeof import("./describe-edits");
  rewriteText(context, targets, edited);
  if (!edited.hasChanged()) return { ...untouched, problems: found };
  const map = given.withoutMap === true ? null : describeEdits(edited, fileName);
  return { code: edited.toString(), map, problems: found };
}

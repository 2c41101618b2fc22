import type ts from "typescript";
import { AnalysisCache, type FileAnalysis } from "./analysis-cache";
import { settingsStamp } from "./settings-stamp";
import { analyzeFile } from "../plan/analyze-file";
import { type CompilerContext, type FileContext } from "../context/file-context";
import { formatInSource } from "../context/module-format";
import { ModuleNames, type PackageHost } from "../context/module-name";
import { mayNearlyMiss, nearMisses } from "../target/near-misses";
import { type PluginOptions } from "../context/plugin-options";
import { rewriteFile } from "../emit/rewrite-file";
import { type CheckContext, type ProjectTarget } from "../plan/check-context";
import { checks } from "../checks";
import {
  hasDirective as mayHaveDirective,
  mayConcern as mayConcernText,
  mayDeriveClasses,
  mayHaveTransaction,
} from "../context/concern";
import { type Grade, problem, type Problem } from "../context/rules";

/** The data that one compilation provides for each of its files. */
export interface SessionHost {
  readonly ts: typeof ts;
  readonly compilerOptions: ts.CompilerOptions;
  readonly options: PluginOptions;
  readonly packages: PackageHost;
  /** Absent where a host compiles single files. */
  readonly program: ts.Program | null;
  /** Whether the program was made of one file alone, so that its checker knows no other file. */
  readonly isTranspiled?: boolean;
  /** Given by a host that makes one program after another. */
  readonly analyses?: AnalysisCache;
}

interface Analysis extends FileAnalysis {
  readonly context: CompilerContext;
  /** The findings of the checks, once they have been run. */
  checked: readonly Problem[] | null;
}

/**
 * The files of one compilation. Each is analysed once, for its diagnostics and for its emitted
 * code.
 */
export class Session {
  readonly #moduleNames: ModuleNames;
  readonly #analyses = new WeakMap<ts.SourceFile, Analysis>();
  readonly #cache: AnalysisCache;
  #files: readonly ts.SourceFile[] | null = null;
  #targets: readonly ProjectTarget[] | null = null;
  #sharedKeys: ReadonlyMap<ts.SourceFile, readonly Problem[]> | null = null;

  constructor(private readonly host: SessionHost) {
    this.#cache = host.analyses ?? new AnalysisCache();
    this.#moduleNames = new ModuleNames(host.packages, host.options.root, host.options.namespace);
  }

  /** A factory for `before` transformers. */
  readonly transformer: ts.TransformerFactory<ts.SourceFile> = (transformation) => (file) => {
    const { ts } = this.host;
    // Another transformer may have changed the file before; plans are made from what the user
    // wrote.
    const original = ts.getOriginalNode(file) as ts.SourceFile;
    if (!this.#concerns(original)) return file;
    const { context, targets } = this.#analysis(original);
    return rewriteFile(context, targets, file, transformation);
  };

  /** Returns the file's text with its targets as cached functions. */
  rewrittenText(sourceFile: ts.SourceFile): string {
    const { context, targets } = this.#analysis(sourceFile);
    // Few programs ask for it.
    const { MagicString } =
      require("../text/magic-string") as typeof import("../text/magic-string");
    const { rewriteText } =
      require("../text/rewrite-text") as typeof import("../text/rewrite-text");
    const text = new MagicString(sourceFile.text);
    rewriteText(context, targets, text);
    return text.toString();
  }

  /** Returns the problems of a file, including those that only the whole program shows. */
  diagnosticsOf(sourceFile: ts.SourceFile): ts.Diagnostic[] {
    return this.#diagnosticsOf(sourceFile, "error");
  }

  /** Returns findings that are not errors but worth a look, for the editor and `zcache check`. */
  hintsOf(sourceFile: ts.SourceFile): ts.Diagnostic[] {
    return this.#diagnosticsOf(sourceFile, "hint");
  }

  /** This is called for every file, because a file with a near miss may have no directive. */
  #nearMissesOf(sourceFile: ts.SourceFile, wanted: Grade): readonly Problem[] {
    const grade = this.host.options.checks["near-miss"] ?? "hint";
    if (grade !== wanted || !mayNearlyMiss(sourceFile)) return [];
    return nearMisses(this.#analysis(sourceFile).context);
  }

  /** Returns all problems of a file, of either grade. */
  problemsOf(sourceFile: ts.SourceFile): readonly Problem[] {
    const hasTransaction = !sourceFile.isDeclarationFile && mayHaveTransaction(sourceFile.text);
    if (!hasTransaction && !mayConcern(sourceFile)) return [];
    const analysis = this.#analysis(sourceFile);
    return [
      ...analysis.problems,
      ...(this.#keysSharedByFiles().get(sourceFile) ?? []),
      ...this.#check(analysis),
    ];
  }

  /**
   * Returns what a file's output depends on besides its text: the options, zcache itself, the name
   * of the package, and the fingerprints of `version: auto`.
   */
  fingerprintsOf(sourceFile: ts.SourceFile): readonly string[] {
    if (!this.#concerns(sourceFile)) return [];
    const { text } = this.#moduleNames.nameOf(sourceFile.fileName);
    return [settingsStamp(this.host.options, text), ...this.#versionsOf(sourceFile)];
  }

  #concerns(sourceFile: ts.SourceFile): boolean {
    return (
      mayConcern(sourceFile) || (!sourceFile.isDeclarationFile && mayDeriveClasses(sourceFile.text))
    );
  }

  #versionsOf(sourceFile: ts.SourceFile): readonly string[] {
    if (
      !hasDirective(sourceFile) ||
      !(this.host.options.version || sourceFile.text.includes("version"))
    )
      return [];
    return this.#analysis(sourceFile).targets.flatMap(({ plan }) => plan.version ?? []);
  }

  /**
   * Returns what a check may read of a file, for other code that examines it with types, or null if
   * there are no types.
   */
  contextOf(sourceFile: ts.SourceFile): CheckContext | null {
    return this.#checkContext(this.#analysis(sourceFile), () => {});
  }

  /** Returns all targets of the program, in its order. */
  targets(): readonly ProjectTarget[] {
    return (this.#targets ??= this.#annotatedFiles().flatMap(
      (sourceFile) => this.#analysis(sourceFile).targets,
    ));
  }

  #annotatedFiles(): readonly ts.SourceFile[] {
    return (this.#files ??= (this.host.program?.getSourceFiles() ?? []).filter(hasDirective));
  }

  #diagnosticsOf(sourceFile: ts.SourceFile, grade: Grade): ts.Diagnostic[] {
    return this.problemsOf(sourceFile)
      .filter((found) => found.grade === grade)
      .concat(this.#nearMissesOf(sourceFile, grade))
      .map((found) => toDiagnostic(this.host.ts, sourceFile, found));
  }

  #check(analysis: Analysis): readonly Problem[] {
    if (analysis.checked) return analysis.checked;
    const found: Problem[] = [];
    const { checks: grades } = this.host.options;
    const report: CheckContext["report"] = (problem, target) => {
      const grade = grades[problem.name] ?? problem.grade;
      if (grade !== "off" && !target?.options.allow.includes(problem.name))
        found.push({ ...problem, grade });
    };
    const context = this.#checkContext(analysis, report);
    if (!context) return [];
    for (const check of checks) check(context);
    return (analysis.checked = found.sort((a, b) => a.span.start - b.span.start));
  }

  #checkContext(
    { context, targets }: Analysis,
    report: CheckContext["report"],
  ): CheckContext | null {
    const { checker, program } = context;
    const project = (): readonly ProjectTarget[] => this.targets();
    const failed: CheckContext["failed"] = () =>
      this.#annotatedFiles().flatMap((file) => this.#analysis(file).failed);
    return checker && program && { ...context, checker, program, targets, project, failed, report };
  }

  #analysis(sourceFile: ts.SourceFile): Analysis {
    const known = this.#analyses.get(sourceFile);
    if (known) return known;
    const problems: Problem[] = [];
    const { context, hasAskedTypes } = this.#contextOf(sourceFile, (found) => problems.push(found));
    let analysis = this.#cache.get(sourceFile, context.moduleName.text);
    if (!analysis) {
      const analyzed = hasDirective(sourceFile)
        ? analyzeFile(context)
        : { targets: [], failed: [] };
      problems.sort((a, b) => a.span.start - b.span.start);
      const targets = analyzed.targets.map((target) => ({ ...target, sourceFile }));
      analysis = { ...analyzed, targets, moduleName: context.moduleName.text, problems };
      this.#cache.add(sourceFile, analysis, hasAskedTypes());
    }
    const own: Analysis = { ...analysis, context, checked: null };
    this.#analyses.set(sourceFile, own);
    return own;
  }

  #contextOf(
    sourceFile: ts.SourceFile,
    report: FileContext["report"],
  ): { context: CompilerContext; hasAskedTypes: () => boolean } {
    const { ts, compilerOptions, options, program, isTranspiled } = this.host;
    // The checker is created even if it isn't needed, because only then do nodes know their
    // parents.
    const checker = program?.getTypeChecker() ?? null;
    let asked = false;
    const typed = <Value>(value: Value): Value | null => {
      asked = true;
      return isTranspiled ? null : value;
    };
    const context: CompilerContext = {
      ts,
      sourceFile,
      compilerOptions,
      get checker() {
        return typed(checker);
      },
      get program() {
        return typed(program);
      },
      options,
      moduleName: this.#moduleNames.nameOf(sourceFile.fileName),
      format: formatOf(this.host, sourceFile),
      report,
    };
    return { context, hasAskedTypes: () => asked };
  }

  /**
   * Finds default keys that two files have in common: a.b.ts and a/b.ts have the same module name.
   * Emitted code does not depend on it.
   */
  #keysSharedByFiles(): ReadonlyMap<ts.SourceFile, readonly Problem[]> {
    if (this.#sharedKeys) return this.#sharedKeys;
    const shared = new Map<ts.SourceFile, Problem[]>();
    const firsts = new Map<string, { owner: string; file: ts.SourceFile }>();
    for (const { plan, owner, word, sourceFile: file } of this.targets()) {
      if (plan.key.texts) continue;
      const first = firsts.get(plan.name);
      if (!first) firsts.set(plan.name, { owner, file });
      else if (first.file !== file) {
        const other = `${first.owner} in ${first.file.fileName.split("/").pop() ?? ""}`;
        shared.set(file, [
          ...(shared.get(file) ?? []),
          problem("duplicateKey", word, owner, plan.name, other),
        ]);
      }
    }
    return (this.#sharedKeys = shared);
  }
}

function hasDirective({ isDeclarationFile, text }: ts.SourceFile): boolean {
  return !isDeclarationFile && mayHaveDirective(text);
}

function mayConcern({ isDeclarationFile, text }: ts.SourceFile): boolean {
  return !isDeclarationFile && mayConcernText(text);
}

function toDiagnostic(
  compiler: typeof ts,
  file: ts.SourceFile,
  { code, message, span }: Problem,
): ts.Diagnostic {
  return {
    file,
    start: span.start,
    length: Math.max(1, span.end - span.start),
    category: compiler.DiagnosticCategory.Error,
    code,
    messageText: message,
    source: "zcache",
  };
}

/**
 * Returns the format that the file is emitted in. The compiler's own answer is internal, and
 * missing in TypeScript 5.5. Where it emits modules as they are written, including `export =` and
 * `require`, the source decides: under `module: preserve` in every file, although the compiler
 * calls a .cts file CommonJS.
 */
function formatOf(
  { ts, program, compilerOptions, packages }: SessionHost,
  file: ts.SourceFile,
): FileContext["format"] {
  const asked = program as {
    getEmitModuleFormatOfFile?: (file: ts.SourceFile) => ts.ModuleKind;
  } | null;
  const module =
    compilerOptions.module ??
    ((compilerOptions.target ?? 0) >= ts.ScriptTarget.ES2015
      ? ts.ModuleKind.ES2015
      : ts.ModuleKind.CommonJS);
  const isNode = module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
  const kind =
    asked?.getEmitModuleFormatOfFile?.(file) ??
    (isNode ? (file.impliedNodeFormat ?? ts.ModuleKind.CommonJS) : module);
  if (kind < ts.ModuleKind.ES2015 && module !== ts.ModuleKind.Preserve) return "commonjs";
  return isNode ? "esm" : formatInSource(ts, file, packages);
}

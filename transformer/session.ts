import type ts from "typescript";
import { analyzeFile, type PlannedTarget } from "./analyze-file";
import { type FileContext } from "./file-context";
import { ModuleNames, type PackageHost } from "./module-name";
import { type PluginOptions } from "./plugin-options";
import { rewriteFile } from "./rewrite-file";
import { type CheckContext, type ProjectTarget } from "./checks/check";
import { checks } from "./checks";
import { type Grade, problem, type Problem } from "./rules";

/** What one compilation gives to every file of it. */
export interface SessionHost {
  readonly ts: typeof ts;
  readonly compilerOptions: ts.CompilerOptions;
  readonly options: PluginOptions;
  readonly packages: PackageHost;
  /** Absent where a host compiles single files. */
  readonly program: ts.Program | null;
  /** The program was made of one file alone, and its checker knows nothing. */
  readonly isTranspiled?: boolean;
}

interface Analysis {
  readonly context: FileContext;
  readonly targets: readonly PlannedTarget[];
  readonly problems: readonly Problem[];
  /** What the checks found, once they have been run. */
  checked: readonly Problem[] | null;
}

/** The files of one compilation: each is analysed once, for its diagnostics and for what it emits. */
export class Session {
  readonly #moduleNames: ModuleNames;
  readonly #analyses = new WeakMap<ts.SourceFile, Analysis>();
  #sharedKeys: ReadonlyMap<ts.SourceFile, readonly Problem[]> | null = null;

  constructor(private readonly host: SessionHost) {
    this.#moduleNames = new ModuleNames(host.packages, host.options.root);
  }

  /** For `before` transformers. */
  readonly transformer: ts.TransformerFactory<ts.SourceFile> = (transformation) => (file) => {
    const { ts } = this.host;
    // Another transformer may have been at it before: plans are made from what the user wrote.
    const original = ts.getOriginalNode(file) as ts.SourceFile;
    if (!mayConcern(original)) return file;
    const { context, targets } = this.#analysis(original);
    return rewriteFile(context, targets, file, transformation);
  };

  /** The problems of a file, with those that only the whole program shows. */
  diagnosticsOf(sourceFile: ts.SourceFile): ts.Diagnostic[] {
    return this.#problemsOf(sourceFile, "error");
  }

  /** What is no error, but worth a look: for the editor and `zcache check`. */
  hintsOf(sourceFile: ts.SourceFile): ts.Diagnostic[] {
    return this.#problemsOf(sourceFile, "hint");
  }

  /** The fingerprints that are part of what a file emits: those of `version: auto`. */
  fingerprintsOf(sourceFile: ts.SourceFile): readonly string[] {
    if (!hasDirective(sourceFile) || !(this.host.options.version || sourceFile.text.includes("version"))) return [];
    return this.#analysis(sourceFile).targets.flatMap(({ plan }) => plan.version ?? []);
  }

  /** What a check may read of a file, for others who look at it with types; null where there are none. */
  contextOf(sourceFile: ts.SourceFile): CheckContext | null {
    return this.#checkContext(this.#analysis(sourceFile), () => {});
  }

  /** All targets of the program, in its order. */
  targets(): readonly ProjectTarget[] {
    const files = (this.host.program?.getSourceFiles() ?? []).filter(hasDirective);
    return files.flatMap((sourceFile) =>
      this.#analysis(sourceFile).targets.map((target) => ({ ...target, sourceFile })),
    );
  }

  #problemsOf(sourceFile: ts.SourceFile, grade: Grade): ts.Diagnostic[] {
    if (!mayConcern(sourceFile)) return [];
    const analysis = this.#analysis(sourceFile);
    const problems = [
      ...analysis.problems,
      ...(this.#keysSharedByFiles().get(sourceFile) ?? []),
      ...this.#check(analysis),
    ];
    return problems
      .filter((found) => found.grade === grade)
      .map((found) => toDiagnostic(this.host.ts, sourceFile, found));
  }

  #check(analysis: Analysis): readonly Problem[] {
    if (analysis.checked) return analysis.checked;
    const found: Problem[] = [];
    const { checks: grades } = this.host.options;
    const report: CheckContext["report"] = (problem, target) => {
      const grade = grades[problem.name] ?? problem.grade;
      if (grade !== "off" && !target?.options.allow.includes(problem.name)) found.push({ ...problem, grade });
    };
    const context = this.#checkContext(analysis, report);
    if (!context) return [];
    for (const check of checks) check(context);
    return (analysis.checked = found.sort((a, b) => a.span.start - b.span.start));
  }

  #checkContext({ context, targets }: Analysis, report: CheckContext["report"]): CheckContext | null {
    const { checker, program } = context;
    return checker && program && { ...context, checker, program, targets, project: () => this.targets(), report };
  }

  #analysis(sourceFile: ts.SourceFile): Analysis {
    const known = this.#analyses.get(sourceFile);
    if (known) return known;
    const { ts, compilerOptions, options, program, isTranspiled } = this.host;
    const problems: Problem[] = [];
    // Made even where it isn't asked: only then do nodes know their parents.
    const checker = program?.getTypeChecker() ?? null;
    const context: FileContext = {
      ts,
      sourceFile,
      compilerOptions,
      checker: isTranspiled ? null : checker,
      program: isTranspiled ? null : program,
      options,
      moduleName: this.#moduleNames.nameOf(sourceFile.fileName),
      format: formatOf(this.host, sourceFile),
      report: (found) => problems.push(found),
    };
    const targets = hasDirective(sourceFile) ? analyzeFile(context) : [];
    problems.sort((a, b) => a.span.start - b.span.start);
    const analysis: Analysis = { context, targets, problems, checked: null };
    this.#analyses.set(sourceFile, analysis);
    return analysis;
  }

  /** Default keys that two files have in common: a.b.ts and a/b.ts are one module name. What is emitted does not depend on it. */
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
        shared.set(file, [...(shared.get(file) ?? []), problem("duplicateKey", word, owner, plan.name, other)]);
      }
    }
    return (this.#sharedKeys = shared);
  }
}

function hasDirective(sourceFile: ts.SourceFile): boolean {
  return !sourceFile.isDeclarationFile && sourceFile.text.includes("@zcache");
}

/** A directive, or something that may be an operation. */
function mayConcern(sourceFile: ts.SourceFile): boolean {
  return hasDirective(sourceFile) || /\.\s*(refresh|nocache|invalidate)\b|\binvalidateTag\b/.test(sourceFile.text);
}

function toDiagnostic(compiler: typeof ts, file: ts.SourceFile, { code, message, span }: Problem): ts.Diagnostic {
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

/** The format the file is emitted in. The compiler's own answer is internal, and missing in TypeScript 5.5. */
function formatOf({ ts, program, compilerOptions }: SessionHost, file: ts.SourceFile): FileContext["format"] {
  const { getEmitModuleFormatOfFile } = (program ?? {}) as {
    getEmitModuleFormatOfFile?: (file: ts.SourceFile) => ts.ModuleKind;
  };
  const module =
    compilerOptions.module ??
    ((compilerOptions.target ?? 0) >= ts.ScriptTarget.ES2015 ? ts.ModuleKind.ES2015 : ts.ModuleKind.CommonJS);
  const isNode = module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
  const kind = getEmitModuleFormatOfFile
    ? getEmitModuleFormatOfFile(file)
    : isNode
      ? (file.impliedNodeFormat ?? ts.ModuleKind.CommonJS)
      : module;
  return kind >= ts.ModuleKind.ES2015 ? "esm" : "commonjs";
}

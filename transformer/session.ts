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

  /** All targets of the program, in its order. */
  targets(): readonly ProjectTarget[] {
    const files = (this.host.program?.getSourceFiles() ?? []).filter(hasDirective);
    return files.flatMap((sourceFile) => this.#analysis(sourceFile).targets.map((target) => ({ ...target, sourceFile })));
  }

  #problemsOf(sourceFile: ts.SourceFile, grade: Grade): ts.Diagnostic[] {
    if (!mayConcern(sourceFile)) return [];
    const analysis = this.#analysis(sourceFile);
    const problems = [...analysis.problems, ...(this.#keysSharedByFiles().get(sourceFile) ?? []), ...this.#check(analysis)];
    return problems.filter((found) => found.grade === grade).map((found) => toDiagnostic(this.host.ts, sourceFile, found));
  }

  #check(analysis: Analysis): readonly Problem[] {
    const { program } = this.host;
    const { context, targets } = analysis;
    if (analysis.checked || !program || !context.checker) return analysis.checked ?? [];
    const found: Problem[] = [];
    const { checks: grades } = this.host.options;
    const report: CheckContext["report"] = (problem, target) => {
      const grade = grades[problem.name] ?? problem.grade;
      if (grade !== "off" && !target?.options.allow.includes(problem.name)) found.push({ ...problem, grade });
    };
    const checkContext: CheckContext = { ...context, checker: context.checker, program, targets, project: () => this.targets(), report };
    for (const check of checks) check(checkContext);
    return (analysis.checked = found.sort((a, b) => a.span.start - b.span.start));
  }

  #analysis(sourceFile: ts.SourceFile): Analysis {
    const known = this.#analyses.get(sourceFile);
    if (known) return known;
    const { ts, compilerOptions, options, program } = this.host;
    const problems: Problem[] = [];
    const context: FileContext = {
      ts,
      sourceFile,
      compilerOptions,
      checker: program?.getTypeChecker() ?? null,
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
  return hasDirective(sourceFile) || /\.\s*(refresh|nocache|invalidate)\b/.test(sourceFile.text);
}

function toDiagnostic(compiler: typeof ts, file: ts.SourceFile, { code, message, span }: Problem): ts.Diagnostic {
  return { file, start: span.start, length: Math.max(1, span.end - span.start), category: compiler.DiagnosticCategory.Error, code, messageText: message, source: "zcache" };
}

/** The format the file is emitted in. The compiler's own answer is internal, and missing in TypeScript 5.5. */
function formatOf({ ts, program, compilerOptions }: SessionHost, file: ts.SourceFile): FileContext["format"] {
  const { getEmitModuleFormatOfFile } = (program ?? {}) as { getEmitModuleFormatOfFile?: (file: ts.SourceFile) => ts.ModuleKind };
  const module = compilerOptions.module ?? ((compilerOptions.target ?? 0) >= ts.ScriptTarget.ES2015 ? ts.ModuleKind.ES2015 : ts.ModuleKind.CommonJS);
  const isNode = module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
  const kind = getEmitModuleFormatOfFile ? getEmitModuleFormatOfFile(file) : isNode ? (file.impliedNodeFormat ?? ts.ModuleKind.CommonJS) : module;
  return kind >= ts.ModuleKind.ES2015 ? "esm" : "commonjs";
}

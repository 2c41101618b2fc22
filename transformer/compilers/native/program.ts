import type ts from "typescript";
import { type Api, type Sync } from "./api";
import { Checker } from "./checker";
import { Types } from "./types";

/** What zcache's analysis and checks use of `ts.Program`, answered by TypeScript 7. */
export class Program {
  readonly #checker: Checker;
  readonly #compilerOptions: ts.CompilerOptions;
  #files: readonly ts.SourceFile[] | null = null;

  constructor(
    private readonly api: Api,
    private readonly project: Sync.Project,
    compilerOptions: ts.CompilerOptions,
  ) {
    this.#checker = new Checker(new Types(api, project.checker, project));
    this.#compilerOptions = compilerOptions;
  }

  getTypeChecker(): Checker {
    return this.#checker;
  }

  getCompilerOptions(): ts.CompilerOptions {
    return this.#compilerOptions;
  }

  /** Returns the sources without declaration files, which are many, and which no check reads. */
  getSourceFiles(): readonly ts.SourceFile[] {
    return (this.#files ??= this.project.program
      .getSourceFileNames()
      .filter((name) => !/\.d\.[cm]?ts$|\.json$|\.d\.[^/]+\.ts$/.test(name))
      .flatMap((name) => this.getSourceFile(name) ?? []));
  }

  getSourceFile(name: string): ts.SourceFile | undefined {
    return this.project.program.getSourceFile(name) as ts.SourceFile | undefined;
  }

  /**
   * Decides as TypeScript itself does. 7.0 says only what the file's extension and package mean.
   */
  getEmitModuleFormatOfFile({ fileName }: ts.SourceFile): ts.ModuleKind {
    const { CommonJS, ES2022, ESNext, Node16, NodeNext } = this.api.sync.ModuleKind;
    // All targets that 7 has left emit modules of ECMAScript, if nothing else is asked for.
    const kind = this.#compilerOptions.module ?? ES2022;
    const metadata = this.project.program.getSourceFileMetadata(fileName);
    const implied = metadata?.impliedNodeFormat;
    if (kind >= Node16 && kind <= NodeNext) return implied ?? CommonJS;
    const isSaid = (type: string, extension: RegExp): boolean =>
      metadata?.packageJsonType === type || extension.test(fileName);
    if (implied === CommonJS && isSaid("commonjs", /\.c[jt]s$/)) return CommonJS;
    if (implied === ESNext && isSaid("module", /\.m[jt]s$/)) return ESNext;
    return kind;
  }

  isSourceFileDefaultLibrary(file: ts.SourceFile): boolean {
    return this.project.program.isSourceFileDefaultLibrary(file as never);
  }

  isSourceFileFromExternalLibrary(file: ts.SourceFile): boolean {
    // A library's files are found in such a folder. A question for every file would be slow.
    if (!file.fileName.includes("/node_modules/")) return false;
    return this.project.program.isSourceFileFromExternalLibrary(file as never);
  }

  getSyntacticDiagnostics(file: ts.SourceFile): ts.Diagnostic[] {
    const found = this.project.program.getSyntacticDiagnostics(file.fileName);
    return found.map((one) => this.#diagnostic(one));
  }

  getSemanticDiagnostics(file: ts.SourceFile): ts.Diagnostic[] {
    const found = this.project.program.getSemanticDiagnostics(file.fileName);
    return found.map((one) => this.#diagnostic(one));
  }

  getGlobalDiagnostics(): ts.Diagnostic[] {
    const found = this.project.program.getGlobalDiagnostics();
    return found.map((one) => this.#diagnostic(one));
  }

  #diagnostic(found: Sync.Diagnostic): ts.Diagnostic {
    const { fileName, pos, end, code, category, text, messageChain } = found;
    return {
      file: fileName === undefined ? undefined : this.getSourceFile(fileName),
      start: pos,
      length: end - pos,
      code,
      category,
      messageText: messageChain?.length ? chainOf(found) : text,
    };
  }
}

function chainOf({
  text,
  code,
  category,
  messageChain,
}: Sync.Diagnostic): ts.DiagnosticMessageChain {
  return {
    messageText: text,
    code,
    category,
    next: (messageChain ?? []).map(chainOf),
  };
}

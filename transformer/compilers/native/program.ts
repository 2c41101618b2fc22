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
    api: Api,
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
    const { program } = this.project;
    const file = program.getSourceFile(name) as ts.SourceFile | undefined;
    if (file && !("impliedNodeFormat" in file))
      Object.defineProperty(file, "impliedNodeFormat", {
        get: () => program.getSourceFileMetadata(name)?.impliedNodeFormat,
      });
    return file;
  }

  isSourceFileDefaultLibrary(file: ts.SourceFile): boolean {
    return this.project.program.isSourceFileDefaultLibrary(file as never);
  }

  isSourceFileFromExternalLibrary(file: ts.SourceFile): boolean {
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

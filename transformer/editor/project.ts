import type ts from "typescript";
import { AnalysisCache } from "../program/analysis-cache";
import { type CheckContext } from "../plan/check-context";
import { type PluginOptions } from "../context/plugin-options";
import { type PackageHost } from "../context/module-name";
import { Session } from "../program/session";

/** A file as it is now, with the session of its program. */
export interface EditorFile {
  readonly sourceFile: ts.SourceFile;
  readonly session: Session;
  readonly context: CheckContext;
}

/** What makes the programs of a project. */
export interface ProgramSource {
  readonly ts: typeof ts;
  readonly packages: PackageHost;
  /** Returns the same one until something has changed. */
  getProgram(): ts.Program | undefined;
}

/**
 * The files of a project that changes at every key press. The compiler makes a new program of
 * mostly the same files each time.
 */
export class EditorProject {
  readonly #analyses = new AnalysisCache();
  #current: { readonly program: ts.Program; readonly session: Session } | null = null;

  constructor(
    private readonly source: ProgramSource,
    private readonly options: PluginOptions,
  ) {}

  /** Returns null if the project has no such file, or if it is a declaration file. */
  file(fileName: string): EditorFile | null {
    const program = this.source.getProgram();
    const sourceFile = program?.getSourceFile(fileName);
    if (!program || !sourceFile || sourceFile.isDeclarationFile) return null;
    const session = this.#sessionOf(program);
    const context = session.contextOf(sourceFile);
    return context && { sourceFile, session, context };
  }

  #sessionOf(program: ts.Program): Session {
    if (this.#current?.program === program) return this.#current.session;
    const session = new Session({
      ts: this.source.ts,
      compilerOptions: program.getCompilerOptions(),
      options: this.options,
      packages: this.source.packages,
      program,
      analyses: this.#analyses,
    });
    this.#current = { program, session };
    return session;
  }
}

import type ts from "typescript";
import {
  CompilerError,
  type DiskReads,
  isConfigError,
  type ProjectCompiler,
  type ProjectConfig,
} from "./project-compiler";

type Compiler = typeof ts;

/** TypeScript 5 or 6, which run in this process. */
export class JavaScriptCompiler implements ProjectCompiler {
  constructor(
    readonly ts: Compiler,
    reads: DiskReads | null,
  ) {
    if (reads) record(ts.sys, reads);
  }

  get packages(): ts.System {
    return this.ts.sys;
  }

  readConfigs(file: string, seen = new Set<string>()): ProjectConfig[] {
    if (seen.has(file)) return [];
    seen.add(file);
    const { ts } = this;
    const problems: ts.Diagnostic[] = [];
    const host = {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem: ts.Diagnostic) => void problems.push(problem),
    };
    const parsed = ts.getParsedCommandLineOfConfigFile(file, undefined, host);
    const error = [...problems, ...(parsed?.errors ?? [])].find(isConfigError);
    if (error || !parsed) {
      const message = error
        ? ts.flattenDiagnosticMessageText(error.messageText, " ")
        : "it can't be read.";
      throw new CompilerError(`${file}: ${message}`);
    }
    const references = (parsed.projectReferences ?? []).flatMap((reference) =>
      this.readConfigs(ts.resolveProjectReferencePath(reference), seen),
    );
    return [...references, { file, parsed }];
  }

  createProgram({ file, parsed }: ProjectConfig): ts.Program {
    const { ts } = this;
    const { fileNames, options, projectReferences } = parsed;
    const host = ts.createCompilerHost(options);
    // As tsc does: no check reads what a comment says of a type, and the comments of libraries are
    // long.
    host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
    // It reads the sources of referenced projects, not their build output, so that nothing has to
    // be built.
    (
      host as { useSourceOfProjectReferenceRedirect?: () => boolean }
    ).useSourceOfProjectReferenceRedirect = () => true;
    try {
      const program = ts.createProgram({
        rootNames: fileNames,
        options,
        host,
        ...(projectReferences && { projectReferences }),
      });
      // The checker is made before it is needed, because only then do nodes know their parents.
      program.getTypeChecker();
      return program;
    } catch (error) {
      const reason = (error as Error).message;
      throw new CompilerError(
        `${file}: TypeScript ${ts.version} fails to read the program (${reason}). Its own compiler, run with --noEmit, fails in the same way, and its stack may show the file.`,
      );
    }
  }

  close(): void {}
}

/** Replaces the compiler's own functions for the disk. */
function record(sys: ts.System, { asked, listed }: DiskReads): void {
  const { fileExists, readFile, directoryExists, getDirectories } = sys;
  sys.fileExists = (path) => {
    asked(path);
    return fileExists(path);
  };
  sys.readFile = (path, encoding) => {
    asked(path);
    return readFile(path, encoding);
  };
  sys.directoryExists = (path) => {
    asked(path);
    return directoryExists(path);
  };
  sys.getDirectories = (path) => {
    listed(path);
    return getDirectories(path);
  };
  // Another compiler may find other problems.
  asked(sys.getExecutingFilePath());
}

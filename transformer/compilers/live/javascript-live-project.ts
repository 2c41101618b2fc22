import { dirname } from "node:path";
import type ts from "typescript";
import { CompilerError } from "../project-compiler";
import { type EditedFiles, type LiveProject, type ProjectContents } from "./live-project";

type Compiler = typeof ts;

/** A project of TypeScript 5 or 6, whose language service keeps what hasn't changed. */
export class JavaScriptLiveProject implements LiveProject {
  #parsed: ts.ParsedCommandLine;
  #reads = 0;
  /** The time of the last modification of each file, since the disk has changed. */
  readonly #versions = new Map<string, string>();
  readonly #service: ts.LanguageService;

  /** @throws CompilerError if there is no tsconfig that can be read */
  constructor(
    readonly ts: Compiler,
    private readonly configFile: string,
    private readonly edited: EditedFiles,
  ) {
    const parsed = this.#parse();
    if (!parsed) throw new CompilerError(`${configFile} can't be read.`);
    this.#parsed = parsed;
    this.#service = ts.createLanguageService(this.#createHost(), ts.createDocumentRegistry());
  }

  get packages(): ts.System {
    return this.ts.sys;
  }

  get contents(): ProjectContents {
    const { fileNames, options, projectReferences = [] } = this.#parsed;
    const references = projectReferences.map((one) => this.ts.resolveProjectReferencePath(one));
    return { fileNames, options, references };
  }

  getProgram(): ts.Program | undefined {
    return this.#service.getProgram();
  }

  diskChanged(): void {
    this.#reads++;
    this.#versions.clear();
    this.#parsed = this.#parse() ?? this.#parsed;
  }

  #parse(): ts.ParsedCommandLine | undefined {
    const host = { ...this.ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
    return this.ts.getParsedCommandLineOfConfigFile(this.configFile, undefined, host);
  }

  #createHost(): ts.LanguageServiceHost {
    const { sys, ScriptSnapshot, getDefaultLibFilePath } = this.ts;
    const textOf = (fileName: string): string | undefined =>
      this.edited.of(fileName)?.text ?? sys.readFile(fileName);
    const host = {
      getCompilationSettings: () => this.#parsed.options,
      getScriptFileNames: () => this.#parsed.fileNames,
      getProjectReferences: () => this.#parsed.projectReferences,
      // The sources of referenced projects and not their output, so that nothing has to be built.
      useSourceOfProjectReferenceRedirect: () => true,
      getProjectVersion: () => `${this.edited.changes} ${this.#reads}`,
      getScriptVersion: (fileName: string) => this.#versionOf(fileName),
      getScriptSnapshot: (fileName: string) => {
        const text = textOf(fileName);
        return text === undefined ? undefined : ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => dirname(this.configFile),
      getDefaultLibFileName: getDefaultLibFilePath,
      useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
      fileExists: sys.fileExists,
      readFile: textOf,
      readDirectory: sys.readDirectory,
      directoryExists: sys.directoryExists,
      getDirectories: sys.getDirectories,
      ...(sys.realpath && { realpath: sys.realpath }),
    };
    return host;
  }

  #versionOf(fileName: string): string {
    const open = this.edited.of(fileName);
    if (open) return `open ${open.version}`;
    const known = this.#versions.get(fileName);
    if (known !== undefined) return known;
    const version = String(this.ts.sys.getModifiedTime?.(fileName)?.getTime());
    this.#versions.set(fileName, version);
    return version;
  }
}

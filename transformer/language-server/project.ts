import { dirname } from "node:path";
import type ts from "typescript";
import { isPluginEntry, resolvePluginOptions } from "../context/plugin-options";
import { type EditorFile, EditorProject } from "../editor/project";
import { type OpenDocuments } from "./open-documents";

type Compiler = typeof ts;

/** A tsconfig, and the program of its files as they are in the editor or else on the disk. */
export class Project {
  /** The tsconfigs that it references. */
  references: readonly string[] = [];
  /** What is wrong with its plugin entry. */
  entryProblem: string | null = null;
  #parsed: ts.ParsedCommandLine;
  #plugins = "";
  #files = new Set<string>();
  #reads = 0;
  /** The time of the last modification of each file, since the disk has changed. */
  readonly #versions = new Map<string, string>();
  readonly #service: ts.LanguageService;
  #editor: EditorProject | null = null;

  /** @throws if there is no tsconfig that can be read */
  constructor(
    readonly compiler: Compiler,
    readonly configFile: string,
    private readonly documents: OpenDocuments,
  ) {
    const parsed = this.#parse();
    if (!parsed) throw new Error(`${configFile} can't be read.`);
    this.#parsed = parsed;
    this.#service = compiler.createLanguageService(
      this.#createHost(),
      compiler.createDocumentRegistry(),
    );
    this.#readEntry();
  }

  /** The tsconfig names the file, or a pattern of it does. */
  lists(fileName: string): boolean {
    return this.#files.has(fileName);
  }

  /** Returns null if the program has no such file, or nothing can be known of it. */
  file(fileName: string): EditorFile | null {
    return this.#editor?.file(fileName) ?? null;
  }

  /**
   * Looks again at what is on the disk. A tsconfig that is half written leaves everything as it
   * was.
   */
  diskChanged(): void {
    this.#reads++;
    this.#versions.clear();
    this.#parsed = this.#parse() ?? this.#parsed;
    this.#readEntry();
  }

  #parse(): ts.ParsedCommandLine | undefined {
    const host = { ...this.compiler.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
    return this.compiler.getParsedCommandLineOfConfigFile(this.configFile, undefined, host);
  }

  #readEntry(): void {
    const { fileNames, options, projectReferences } = this.#parsed;
    this.#files = new Set(fileNames);
    this.references = (projectReferences ?? []).map((one) =>
      this.compiler.resolveProjectReferencePath(one),
    );
    const plugins = JSON.stringify(options["plugins"] ?? []);
    // What is known of unchanged files is kept while the options stay the same.
    if (plugins === this.#plugins) return;
    this.#plugins = plugins;
    const entry = (JSON.parse(plugins) as Record<string, unknown>[]).find(isPluginEntry) ?? {};
    try {
      this.#editor = new EditorProject(this.compiler, this.#service, resolvePluginOptions(entry));
      this.entryProblem = null;
    } catch (error) {
      this.#editor = null;
      this.entryProblem = (error as Error).message;
    }
  }

  #createHost(): ts.LanguageServiceHost {
    const { sys, ScriptSnapshot, getDefaultLibFilePath } = this.compiler;
    const textOf = (fileName: string): string | undefined =>
      this.documents.of(fileName)?.text ?? sys.readFile(fileName);
    const host = {
      getCompilationSettings: () => this.#parsed.options,
      getScriptFileNames: () => this.#parsed.fileNames,
      getProjectReferences: () => this.#parsed.projectReferences,
      // The sources of referenced projects and not their output, so that nothing has to be built.
      useSourceOfProjectReferenceRedirect: () => true,
      getProjectVersion: () => `${this.documents.changes} ${this.#reads}`,
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
    const open = this.documents.of(fileName);
    if (open) return `open ${open.version}`;
    const known = this.#versions.get(fileName);
    if (known !== undefined) return known;
    const version = String(this.compiler.sys.getModifiedTime?.(fileName)?.getTime());
    this.#versions.set(fileName, version);
    return version;
  }
}

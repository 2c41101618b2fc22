import type ts from "typescript";
import { type PackageHost } from "../../context/module-name";
import { type RawTsconfig, readRawTsconfig } from "../../hosts/tsconfig";
import { packages } from "../../text/packages";
import { type Api, type Sync } from "../native/api";
import { parseConfig } from "../native/parse-config";
import { Program } from "../native/program";
import { closeServer, startServer } from "../native/server";
import { createSyntax } from "../native/syntax";
import { CompilerError } from "../project-compiler";
import { type EditedFiles, type LiveProject, type ProjectContents } from "./live-project";

/**
 * Projects of one TypeScript 7, which one server reads. It asks for the text of every file that it
 * reads, so that those of the editor replace those on the disk; and it is told what has changed.
 */
export class NativeLiveProjects {
  readonly ts: typeof ts;
  readonly #server: Sync.API;
  readonly #projects: NativeLiveProject[] = [];
  #snapshot: Sync.Snapshot | null = null;
  /** The versions of the edited files that the server knows, by name. */
  #told = new Map<string, number>();
  #isDiskRead = true;

  /** @throws ServerFailure */
  constructor(
    readonly api: Api,
    directory: string,
    private readonly edited: EditedFiles,
  ) {
    this.ts = createSyntax(api);
    const readFile = (fileName: string): string | undefined => edited.of(fileName)?.text;
    this.#server = startServer(api, { cwd: directory, fs: { readFile } });
  }

  /** @throws CompilerError, ServerFailure */
  open(configFile: string): LiveProject {
    const project = new NativeLiveProject(this, configFile);
    this.#projects.push(project);
    this.#update({ openProjects: [configFile] });
    return project;
  }

  parse(config: RawTsconfig): ts.ParsedCommandLine {
    return parseConfig(this.#server, config);
  }

  /** The next snapshot will be of the disk as it is then. */
  diskChanged(): void {
    this.#isDiskRead = false;
  }

  /** Returns the projects as they are now. */
  current(): Sync.Snapshot | null {
    if (!this.#isDiskRead) this.#readDisk();
    const versions = new Map([...this.edited].map((one) => [one.fileName, one.version]));
    const names = new Set([...versions.keys(), ...this.#told.keys()]);
    const changed = [...names].filter((name) => versions.get(name) !== this.#told.get(name));
    this.#told = versions;
    if (changed.length > 0) this.#update({ fileChanges: { changed } });
    return this.#snapshot;
  }

  close(): void {
    closeServer(this.#server);
  }

  /** A tsconfig is read again only if it is named, and a file only if that or all is. */
  #readDisk(): void {
    this.#isDiskRead = true;
    this.#update({ fileChanges: { invalidateAll: true } });
    this.#update({ fileChanges: { changed: this.#projects.flatMap((one) => one.configFiles) } });
  }

  #update(params: Parameters<Sync.API["updateSnapshot"]>[0]): void {
    const before = this.#snapshot;
    this.#snapshot = this.#server.updateSnapshot(params);
    before?.dispose();
  }
}

class NativeLiveProject implements LiveProject {
  readonly packages: PackageHost = packages;
  contents: ProjectContents;
  /** The tsconfig and those that it extends. */
  configFiles: readonly string[] = [];
  #program: { readonly of: Sync.Project; readonly program: ts.Program } | null = null;

  constructor(
    private readonly all: NativeLiveProjects,
    private readonly configFile: string,
  ) {
    const contents = this.#read();
    if (!contents) throw new CompilerError(`${configFile} can't be read.`);
    this.contents = contents;
  }

  get ts(): typeof ts {
    return this.all.ts;
  }

  getProgram(): ts.Program | undefined {
    const project = this.all.current()?.getProject(this.configFile);
    if (!project) return undefined;
    if (this.#program?.of !== project) {
      const program = new Program(this.all.api, project, this.contents.options);
      this.#program = { of: project, program: program as unknown as ts.Program };
    }
    return this.#program.program;
  }

  diskChanged(): void {
    this.all.diskChanged();
    this.contents = this.#read() ?? this.contents;
  }

  #read(): ProjectContents | null {
    let raw: RawTsconfig;
    try {
      raw = readRawTsconfig(this.configFile);
    } catch {
      // It is half written, and must not be read by the server either.
      this.configFiles = [];
      return null;
    }
    this.configFiles = raw.dependencies;
    const { fileNames, options } = this.all.parse(raw);
    return { fileNames, options, references: raw.references };
  }
}

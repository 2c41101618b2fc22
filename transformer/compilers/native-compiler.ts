import type ts from "typescript";
import { type PackageHost } from "../context/module-name";
import { type RawTsconfig, readRawTsconfig } from "../hosts/tsconfig";
import { packages } from "../text/packages";
import { type Api, type Sync } from "./native/api";
import { parseConfig } from "./native/parse-config";
import { Program } from "./native/program";
import { closeServer, startServer } from "./native/server";
import { createSyntax } from "./native/syntax";
import {
  CompilerError,
  type DiskReads,
  isConfigError,
  type ProjectCompiler,
  type ProjectConfig,
} from "./project-compiler";

/**
 * TypeScript 7, which is another process that answers questions. It ends with this process. Its
 * checks of a project take a fraction of the time that TypeScript 6 needs.
 */
export class NativeCompiler implements ProjectCompiler {
  readonly ts: typeof ts;
  readonly packages: PackageHost;
  readonly #server: Sync.API;
  #snapshot: Sync.Snapshot | null = null;

  constructor(
    private readonly api: Api,
    directory: string,
    reads: DiskReads | null,
  ) {
    this.ts = createSyntax(api);
    this.packages = reads ? recordedPackages(reads) : packages;
    this.#server = startServer(api, { cwd: directory, ...(reads && { fs: recorded(reads) }) });
    // Another compiler may find other problems.
    reads?.asked(api.manifest);
  }

  readConfigs(file: string): readonly ProjectConfig[] {
    const raw = withReferences(file);
    const files = raw.map((one) => one.file);
    this.#snapshot = this.#server.updateSnapshot({ openProjects: files });
    return raw.map((one) => {
      const parsed = parseConfig(this.#server, one);
      this.#throwConfigErrors(one.file);
      return { file: one.file, parsed };
    });
  }

  createProgram({ file, parsed: { options } }: ProjectConfig): ts.Program {
    return new Program(this.api, this.#project(file), options) as unknown as ts.Program;
  }

  close(): void {
    closeServer(this.#server);
  }

  #project(file: string): Sync.Project {
    const project = this.#snapshot?.getProject(file);
    if (!project) throw new CompilerError(`${file}: TypeScript ${this.api.version} can't open it.`);
    return project;
  }

  #throwConfigErrors(file: string): void {
    const { program } = this.#project(file);
    const error = program.getConfigFileParsingDiagnostics().find(isConfigError);
    if (error) throw new CompilerError(`${file}: ${error.text}`);
  }
}

/** Referenced projects come first. */
function withReferences(file: string, seen = new Set<string>()): RawTsconfig[] {
  if (seen.has(file)) return [];
  seen.add(file);
  let raw: RawTsconfig;
  try {
    raw = readRawTsconfig(file);
  } catch (error) {
    throw new CompilerError((error as Error).message);
  }
  return [...raw.references.flatMap((one) => withReferences(one, seen)), raw];
}

/** Answers nothing, so that the compiler reads the disk itself. */
function recorded({ asked, listed }: DiskReads): NonNullable<Sync.APIOptions["fs"]> {
  const note =
    (report: (path: string) => void) =>
    (path: string): undefined => {
      report(path);
      return undefined;
    };
  return {
    readFile: note(asked),
    fileExists: note(asked),
    directoryExists: note(asked),
    getAccessibleEntries: note(listed),
  };
}

function recordedPackages({ asked }: DiskReads): PackageHost {
  return {
    ...packages,
    readFile: (path) => {
      asked(path);
      return packages.readFile(path);
    },
  };
}

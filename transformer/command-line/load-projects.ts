import { dirname, relative } from "node:path";
import type ts from "typescript";
import { lineNumber } from "../context/line-number";
import { type ProjectTarget } from "../plan/check-context";
import { isPluginEntry, type PluginOptions, resolvePluginOptions } from "../context/plugin-options";
import { Session } from "../program/session";
import { readReferencedTsconfig } from "../hosts/tsconfig";
import { openCompiler } from "../compilers/open-compiler";
import {
  CompilerError,
  type ProjectCompiler,
  type ProjectConfig,
} from "../compilers/project-compiler";
import { ServerFailure } from "../compilers/native/server";
import { findConfig, nearestConfig } from "./find-config";
import { RecordedInputs } from "./recorded-inputs";
import { type Arguments, CommandError, type Terminal } from "./command";

type Compiler = typeof ts;

/** A tsconfig with all that it references, as the compiler sees them. */
export interface Workspace {
  readonly ts: Compiler;
  /** Ends the compiler. A process that ends does so as well. */
  readonly close: () => void;
  /** What the compiler has read from the disk, if that was to be recorded. */
  readonly recorded: RecordedInputs | null;
  /** The requested tsconfig. */
  readonly configFile: string;
  /** Its folder. Paths are shown relative to it. */
  readonly directory: string;
  /** Referenced projects come first. */
  readonly projects: readonly Project[];
}

export interface Project {
  readonly configFile: string;
  readonly parsed: ts.ParsedCommandLine;
  readonly program: ts.Program;
  /** The options of the project's plugin entry. */
  readonly options: PluginOptions;
  readonly session: Session;
  /** The project's own files. Files of a referenced project belong to that project. */
  readonly files: readonly ts.SourceFile[];
  readonly targets: readonly ProjectTarget[];
}

/** @throws UsageError if there is no tsconfig, CommandError if it can't be read */
export function loadWorkspace(args: Arguments, terminal: Terminal): Workspace {
  return askCompiler(terminal, (failure) => openWorkspace(args, terminal, failure));
}

/**
 * Loads a workspace for one answer, which may be asked for twice: if TypeScript 7 fails meanwhile,
 * TypeScript 6 is asked, if it is installed.
 * @throws UsageError if there is no tsconfig, CommandError if it can't be read
 */
export function useWorkspace<Answer>(
  args: Arguments,
  terminal: Terminal,
  use: (workspace: Workspace) => Answer,
): Answer {
  return askCompiler(terminal, (failure) => {
    const workspace = openWorkspace(args, terminal, failure);
    try {
      return use(workspace);
    } finally {
      workspace.close();
    }
  });
}

function askCompiler<Answer>(
  terminal: Terminal,
  ask: (failure: ServerFailure | null) => Answer,
): Answer {
  try {
    try {
      return ask(null);
    } catch (error) {
      if (!(error instanceof ServerFailure)) throw error;
      const answer = ask(error);
      terminal.warn(`zcache: ${error.message} The previous version was asked instead.\n`);
      return answer;
    }
  } catch (error) {
    throw error instanceof CompilerError ? new CommandError(error.message) : error;
  }
}

function openWorkspace(
  { values, flags }: Arguments,
  terminal: Terminal,
  failure: ServerFailure | null,
): Workspace {
  const configFile = findConfig(terminal.directory, values["project"]);
  const directory = dirname(configFile);
  const recorded = flags.has("with-state") ? new RecordedInputs() : null;
  const compiler = openCompiler(directory, recorded, failure);
  const configs = compiler.readConfigs(configFile);
  const taken = new Set<string>();
  const projects = configs.map((config, i) => {
    terminal.progress(
      `Reading ${relative(directory, config.file) || config.file} (${i + 1} of ${configs.length}) …`,
    );
    return createProject(compiler, config, configFile, taken);
  });
  terminal.progress(null);
  return {
    ts: compiler.ts,
    configFile,
    directory,
    projects,
    recorded,
    close: () => compiler.close(),
  };
}

/**
 * Returns null if there is no tsconfig and none was asked for, because commands that ask Redis
 * don't need one.
 */
export function findWorkspace(args: Arguments, terminal: Terminal): Workspace | null {
  const isAsked = args.values["project"] !== undefined;
  return isAsked || nearestConfig(terminal.directory) !== null
    ? loadWorkspace(args, terminal)
    : null;
}

export function targetsOf({ projects }: Workspace): ProjectTarget[] {
  return projects.flatMap(({ targets }) => targets);
}

/** `src/user.ts`, with slashes everywhere. */
export function showPath({ directory }: Pick<Workspace, "directory">, fileName: string): string {
  return relative(directory, fileName).replaceAll("\\", "/");
}

/** Returns `src/user.ts:12`, the place of the directive. */
export function showPlace(workspace: Workspace, { sourceFile, word }: ProjectTarget): string {
  return `${showPath(workspace, sourceFile.fileName)}:${lineNumber(sourceFile, word.start)}`;
}

function createProject(
  compiler: ProjectCompiler,
  config: ProjectConfig,
  solution: string,
  taken: Set<string>,
): Project {
  const { file, parsed } = config;
  const { options } = parsed;
  const program = compiler.createProgram(config);
  const pluginOptions = readPluginOptions(file, options, solution);
  const session = new Session({
    ts: compiler.ts,
    compilerOptions: options,
    options: pluginOptions,
    packages: compiler.packages,
    program,
  });
  const isOwn = (sourceFile: ts.SourceFile): boolean =>
    !sourceFile.isDeclarationFile && !taken.has(sourceFile.fileName);
  const files = program
    .getSourceFiles()
    .filter(
      (sourceFile) => isOwn(sourceFile) && !program.isSourceFileFromExternalLibrary(sourceFile),
    );
  for (const { fileName } of files) taken.add(fileName);
  const own = new Set(files);
  return {
    configFile: file,
    parsed,
    program,
    options: pluginOptions,
    session,
    files,
    targets: session.targets().filter((target) => own.has(target.sourceFile)),
  };
}

/**
 * Reads the options in the tsconfig's plugin entry. A project that another tool compiles may have
 * no entry.
 */
function readPluginOptions(
  file: string,
  options: ts.CompilerOptions,
  solution: string,
): PluginOptions {
  const plugins = (options["plugins"] ?? []) as unknown as readonly Readonly<
    Record<string, unknown>
  >[];
  try {
    const entry = plugins.find(isPluginEntry);
    return entry || file === solution
      ? resolvePluginOptions(entry ?? {})
      : readReferencedTsconfig(solution, file).options;
  } catch (error) {
    throw new CommandError(`${file}: ${(error as Error).message}`);
  }
}

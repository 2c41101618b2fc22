import { dirname, relative } from "node:path";
import type ts from "typescript";
import { type ProjectTarget } from "../plan/check-context";
import { isPluginEntry, type PluginOptions, resolvePluginOptions } from "../context/plugin-options";
import { Session } from "../program/session";
import { findConfig, nearestConfig } from "./find-config";
import { loadCompiler } from "./load-compiler";
import { RecordedInputs } from "./recorded-inputs";
import { type Arguments, CommandError, type Terminal } from "./command";

type Compiler = typeof ts;

/** A tsconfig with all that it references, as the compiler sees them. */
export interface Workspace {
  readonly ts: Compiler;
  /** The compiler's reads of the disk, if they are to be recorded. */
  readonly recorded: RecordedInputs | null;
  /** The folder of the requested tsconfig. Paths are shown relative to it. */
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
export function loadWorkspace({ values, flags }: Arguments, terminal: Terminal): Workspace {
  const configFile = findConfig(terminal.directory, values["project"]);
  const directory = dirname(configFile);
  const compiler = loadCompiler(directory);
  const recorded = flags.has("with-state") ? new RecordedInputs(compiler.sys) : null;
  const configs = readConfigs(compiler, configFile);
  const taken = new Set<string>();
  const projects = configs.map((config, i) => {
    terminal.progress(
      `Reading ${relative(directory, config.file) || config.file} (${i + 1} of ${configs.length}) …`,
    );
    return createProject(compiler, config, taken);
  });
  terminal.progress(null);
  return { ts: compiler, directory, projects, recorded };
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
  return `${showPath(workspace, sourceFile.fileName)}:${sourceFile.getLineAndCharacterOfPosition(word.start).line + 1}`;
}

interface Config {
  readonly file: string;
  readonly parsed: ts.ParsedCommandLine;
}

/**
 * Returns the config and those that it references, each once, after those that it references
 * itself.
 */
function readConfigs(compiler: Compiler, file: string, seen = new Set<string>()): Config[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const problems: ts.Diagnostic[] = [];
  const host = {
    ...compiler.sys,
    onUnRecoverableConfigFileDiagnostic: (problem: ts.Diagnostic) => void problems.push(problem),
  };
  const parsed = compiler.getParsedCommandLineOfConfigFile(file, undefined, host);
  // A config with references is supposed to have no files of its own.
  const errors = [...problems, ...(parsed?.errors ?? [])].filter(
    ({ code }) => code !== noInputs && code !== emptyFiles,
  );
  const [error] = errors;
  if (error || !parsed) {
    const message = error
      ? compiler.flattenDiagnosticMessageText(error.messageText, " ")
      : "it can't be read.";
    throw new CommandError(`${file}: ${message}`);
  }
  const references = (parsed.projectReferences ?? []).flatMap((reference) =>
    readConfigs(compiler, compiler.resolveProjectReferencePath(reference), seen),
  );
  return [...references, { file, parsed }];
}

const noInputs = 18003;
const emptyFiles = 18002;

function createProject(compiler: Compiler, { file, parsed }: Config, taken: Set<string>): Project {
  const { fileNames, options, projectReferences } = parsed;
  const host = compiler.createCompilerHost(options);
  // As tsc does: no check reads what a comment says of a type, and the comments of libraries are
  // long.
  host.jsDocParsingMode = compiler.JSDocParsingMode.ParseForTypeErrors;
  // It reads the sources of referenced projects, not their build output, so that nothing has to be
  // built.
  (
    host as { useSourceOfProjectReferenceRedirect?: () => boolean }
  ).useSourceOfProjectReferenceRedirect = () => true;
  const program = createProgram(compiler, file, {
    rootNames: fileNames,
    options,
    host,
    ...(projectReferences && { projectReferences }),
  });
  // The checker is made before it is needed, because only then do nodes know their parents.
  program.getTypeChecker();
  const pluginOptions = readPluginOptions(file, options);
  const session = new Session({
    ts: compiler,
    compilerOptions: options,
    options: pluginOptions,
    packages: compiler.sys,
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

/** @throws CommandError if the compiler fails, as it does on some texts that are not programs */
function createProgram(
  compiler: Compiler,
  file: string,
  options: ts.CreateProgramOptions,
): ts.Program {
  try {
    return compiler.createProgram(options);
  } catch (error) {
    const reason = (error as Error).message;
    throw new CommandError(
      `${file}: TypeScript ${compiler.version} fails to read the program (${reason}). Its own compiler, run with --noEmit, fails in the same way, and its stack may show the file.`,
    );
  }
}

/**
 * Reads the options in the tsconfig's plugin entry. A project that another tool compiles may have
 * no entry.
 */
function readPluginOptions(file: string, options: ts.CompilerOptions): PluginOptions {
  const plugins = (options["plugins"] ?? []) as unknown as readonly Readonly<
    Record<string, unknown>
  >[];
  try {
    return resolvePluginOptions(plugins.find(isPluginEntry) ?? {});
  } catch (error) {
    throw new CommandError(`${file}: ${(error as Error).message}`);
  }
}

import { join } from "node:path";
import { hasDirective, mayConcern } from "../context/concern";
import { zcacheFolder } from "../context/zcache-version";
import { notChecked } from "./build-checks";
import { makeCallable } from "./callable";
import { checkHostOptions, type HostOptions } from "./host-options";
import { describeProblem, describeProblems, type HostProblem } from "./host-problem";
import { addressOf, SharedTypeChecks } from "./shared-type-checks";
import { SourceCompiler } from "./source-compiler";

/** The parts in use of the context that webpack, rspack and turbopack give to a loader. */
interface LoaderContext {
  readonly resourcePath: string;
  readonly mode?: string;
  /** Only webpack and rspack set this. They run loaders in the process of the build. */
  readonly _compiler?: { readonly watchMode?: boolean };
  readonly _compilation?: object;
  getOptions?(): LoaderOptions;
  async?(): LoaderContext["callback"];
  callback(error: Error | null, code?: string, map?: unknown): void;
  emitError?(error: Error): void;
  emitWarning?(warning: Error): void;
  addDependency?(file: string): void;
}

export interface LoaderOptions extends HostOptions {
  /**
   * What made the code. Bundlers keep a loader's output, and must not use the output of
   * another version.
   */
  readonly version?: string;
}

const compilers = new Map<string, SourceCompiler>();
const checks = new Map<string, SharedTypeChecks>();
const startOfCompilation = new WeakMap<object, number>();

/** A loader of webpack's kind. It runs before the loader that compiles TypeScript. */
export default function loader(this: LoaderContext, source: string, map?: unknown): void {
  // oxlint-disable-next-line oxc/no-this-in-exported-function -- loaders are called on their context
  load(this, source, map);
}

function load(context: LoaderContext, source: string, map: unknown): void {
  const options = context.getOptions?.() ?? {};
  checkHostOptions(options, ["tsconfig", "typeChecks", "version"]);
  const compiler = compilerFor(options.tsconfig);
  const file = context.resourcePath;
  const { code, map: made, problems, dependencies } = compiler.compile(source, file);
  const tsconfig = hasDirective(source) || code !== null ? compiler.tsconfigOf(file) : null;
  // Bundlers keep what a loader has made on disk, until something changes that it depends on.
  for (const one of [...dependencies, ...(tsconfig ? [join(zcacheFolder(), "package.json")] : [])])
    context.addDependency?.(one);
  const finish = (found: readonly HostProblem[]): void => {
    if (found.length > 0 && !context.emitError)
      return context.callback(errorOf(describeProblems(found)));
    for (const problem of found) context.emitError?.(errorOf(describeProblem(problem)));
    if (code === null) context.callback(null, source, map);
    // babel-loader takes an object and not a text.
    else context.callback(null, code, made === null ? undefined : JSON.parse(made));
  };
  const project = tsconfig?.file ?? null;
  if (project === null || options.typeChecks === "never" || !mayConcern(source))
    return finish(problems);
  if (context.mode !== "production") {
    checkBeside(project);
    return finish(problems);
  }
  const callback = context.async?.() ?? context.callback;
  void checkFile(context, project, file).then((found) => {
    const known = new Set(problems.map(placeOf));
    finish([...problems, ...found.filter((one) => !known.has(placeOf(one)))]);
  }, callback);
}

/** Returns what the checks that need types find in the file, in a build for production. */
async function checkFile(
  context: LoaderContext,
  tsconfig: string,
  file: string,
): Promise<readonly HostProblem[]> {
  const { problems, files, failure } = await checksFor(tsconfig, context).since(beginOf(context));
  for (const one of files) context.addDependency?.(one);
  if (failure !== null) context.emitWarning?.(errorOf(notChecked(failure)));
  return problems.filter((problem) => problem.file === file);
}

/**
 * Returns when the build began. A build that watches begins with each compilation, any other once.
 */
function beginOf({ _compiler: compiler, _compilation: compilation }: LoaderContext): number {
  if (compiler?.watchMode !== true || !compilation) return 0;
  const begin = startOfCompilation.get(compilation) ?? Date.now();
  startOfCompilation.set(compilation, begin);
  return begin;
}

const pending = new Map<string, NodeJS.Timeout>();

/**
 * Runs the checks during development without delaying a reload. What they find is shown in the log.
 */
function checkBeside(tsconfig: string): void {
  clearTimeout(pending.get(tsconfig));
  const timer = setTimeout(() => {
    pending.delete(tsconfig);
    void checksFor(tsconfig, {})
      .since(Date.now())
      .then(({ problems, failure, isToShow }) => {
        if (!isToShow) return;
        if (failure !== null) process.stderr.write(`[zcache] ${notChecked(failure)}\n`);
        for (const problem of problems)
          process.stderr.write(`[zcache] ${describeProblem(problem)}\n`);
      });
  }, 300);
  timer.unref();
  pending.set(tsconfig, timer);
}

function checksFor(
  tsconfig: string,
  { _compiler: compiler }: Pick<LoaderContext, "_compiler">,
): SharedTypeChecks {
  let found = checks.get(tsconfig);
  if (!found) {
    // A process that runs only loaders has the build as its parent.
    const address = compiler ? null : addressOf(tsconfig, process.ppid);
    checks.set(tsconfig, (found = new SharedTypeChecks(tsconfig, address)));
  }
  return found;
}

function compilerFor(tsconfig = ""): SourceCompiler {
  let compiler = compilers.get(tsconfig);
  if (!compiler)
    compilers.set(
      tsconfig,
      (compiler = new SourceCompiler(tsconfig === "" ? undefined : tsconfig)),
    );
  return compiler;
}

function placeOf({ line, column, code }: HostProblem): string {
  return `${line}:${column}:${code}`;
}

/** Makes an error without a stack, which would be zcache's own. The place is in the message. */
function errorOf(message: string): Error {
  const error = new Error(message);
  error.name = "zcache";
  error.stack = message;
  return error;
}

makeCallable(module, loader);

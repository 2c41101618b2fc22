import { makeCallable } from "./callable";
import { hasDirective } from "../context/concern";
import { describeProblem, describeProblems } from "./host-problem";
import { SourceCompiler } from "./source-compiler";

/** What is used of the context that webpack, rspack and turbopack give to a loader. */
interface LoaderContext {
  readonly resourcePath: string;
  readonly sourceMap?: boolean;
  getOptions?(): LoaderOptions;
  callback(error: Error | null, code?: string, map?: unknown): void;
  emitError?(error: Error): void;
  addDependency?(file: string): void;
  cacheable?(isCacheable: boolean): void;
}

export interface LoaderOptions {
  readonly tsconfig?: string;
  /** What made the code: bundlers keep what a loader returned, and must not take that of another version. */
  readonly version?: string;
}

const compilers = new Map<string, SourceCompiler>();

/** A loader of webpack's kind: it comes before whatever compiles TypeScript. */
export default function loader(this: LoaderContext, source: string, map?: unknown): void {
  // oxlint-disable-next-line oxc/no-this-in-exported-function -- loaders are called on their context
  load(this, source, map);
}

function load(context: LoaderContext, source: string, map: unknown): void {
  const { tsconfig } = context.getOptions?.() ?? {};
  const compiler = compilerFor(tsconfig);
  const file = context.resourcePath;
  const { code, map: made, problems } = compiler.compile(source, file);
  if (hasDirective(source)) for (const one of compiler.tsconfigOf(file).dependencies) context.addDependency?.(one);
  if (problems.length > 0 && !context.emitError) {
    context.callback(errorOf(describeProblems(problems)));
    return;
  }
  for (const problem of problems) context.emitError?.(errorOf(describeProblem(problem)));
  if (code === null) context.callback(null, source, map);
  else context.callback(null, code, made);
}

function compilerFor(tsconfig = ""): SourceCompiler {
  let compiler = compilers.get(tsconfig);
  if (!compiler) compilers.set(tsconfig, (compiler = new SourceCompiler(tsconfig === "" ? undefined : tsconfig)));
  return compiler;
}

/** Without a stack: it would be one of ours, and the place is in the message. */
function errorOf(message: string): Error {
  const error = new Error(message);
  error.name = "zcache";
  error.stack = message;
  return error;
}

makeCallable(module, loader);

import { hasDirective } from "../concern";
import { runTypeChecks } from "./type-checks";
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
  const { tsconfig } = this.getOptions?.() ?? {};
  const key = tsconfig ?? "";
  let compiler = compilers.get(key);
  if (!compiler) compilers.set(key, (compiler = new SourceCompiler(tsconfig)));
  const file = this.resourcePath;
  const { code, map: made, problems } = compiler.compile(source, file);
  if (hasDirective(source)) for (const one of compiler.tsconfigOf(file).dependencies) this.addDependency?.(one);
  if (problems.length === 0) this.callback(null, code ?? source, code === null ? map : made);
  else if (this.emitError) {
    for (const problem of problems) this.emitError(errorOf(describeProblem(problem)));
    this.callback(null, code ?? source, code === null ? map : made);
  } else this.callback(errorOf(describeProblems(problems)));
}

/** Without a stack: it would be one of ours, and the place is in the message. */
function errorOf(message: string): Error {
  const error = new Error(message);
  error.name = "zcache";
  error.stack = message;
  return error;
}

export { runTypeChecks };

module.exports = Object.assign(loader, module.exports);

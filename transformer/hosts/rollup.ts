import { hasDirective } from "../concern";
import { BuildChecks, notChecked } from "./build-checks";
import { checkHostOptions, type HostOptions } from "./host-options";
import { describeProblem, describeProblems, frameOf, type HostProblem } from "./host-problem";
import { sourceFiles } from "./files";
import { SourceCompiler } from "./source-compiler";

/** What is used of the context of rollup, rolldown and vite. */
interface PluginContext {
  error(error: RollupError): never;
  warn(warning: string): void;
  addWatchFile(file: string): void;
  readonly meta?: { readonly watchMode?: boolean };
}

export interface RollupError {
  readonly message: string;
  readonly id?: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
  readonly frame?: string;
  readonly pluginCode?: string;
}

/** A plugin as rollup, rolldown and vite take it. Its hooks are theirs. */
export interface RollupPlugin {
  readonly name: "zcache";
  readonly enforce: "pre";
  // The three hosts declare their hooks differently, and each its own context.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [hook: string]: any;
}

/** `plugins: [zcache()]`, before whatever compiles TypeScript. */
export default function zcache(options: HostOptions = {}): RollupPlugin {
  checkHostOptions(options);
  const compiler = new SourceCompiler(options.tsconfig);
  const checks = new BuildChecks(compiler, options.typeChecks);
  return {
    name: "zcache",
    enforce: "pre",
    watchChange(id: string) {
      if (/\.json$/.test(id)) compiler.forget();
    },
    transform: {
      order: "pre",
      filter: { id: sourceFiles, code: /@zcache|refresh|nocache|invalidate/ },
      handler(this: PluginContext, code: string, id: string) {
        const compiled = compiler.compile(code, id, "esm");
        if (hasDirective(code)) checks.meet(id);
        checks.add(compiled.problems);
        return compiled.code === null ? null : { code: compiled.code, map: compiled.map };
      },
    },
    // After the last file: so that the mistakes of all files are shown.
    async buildEnd(this: PluginContext, error?: Error) {
      const { problems, failures } = await checks.finish();
      if (error) return;
      for (const failure of failures) this.warn(notChecked(failure));
      if (problems.length > 0) this.error(rollupError(problems));
    },
  };
}

/** One error, at the place of the first; the others stand in its text. */
export function rollupError(problems: readonly HostProblem[]): RollupError {
  const [first, ...others] = problems as [HostProblem, ...HostProblem[]];
  const message = `TS${first.code}: ${first.message}`;
  return {
    message: others.length === 0 ? message : `${describeProblems(problems)}\n`,
    id: first.file,
    // Columns of rollup begin at 0.
    loc: { file: first.file, line: first.line, column: first.column - 1 },
    frame: frameOf(first),
    pluginCode: `TS${first.code}`,
  };
}

export { describeProblem };

module.exports = Object.assign(zcache, module.exports);

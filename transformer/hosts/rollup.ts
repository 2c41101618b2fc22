import { makeCallable } from "./callable";
import { hasDirective } from "../context/concern";
import { BuildChecks, notChecked } from "./build-checks";
import { checkHostOptions, type HostOptions } from "./host-options";
import { blockFiles, sourceFiles } from "./files";
import { type RollupError, rollupError } from "./rollup-error";
import { SourceCompiler } from "./source-compiler";

/** The parts in use of the context of rollup, rolldown and vite. */
interface PluginContext {
  readonly meta?: { readonly watchMode?: boolean };
  error(error: RollupError): never;
  warn(warning: string): void;
  addWatchFile(file: string): void;
}

/** A plugin in the form that rollup, rolldown and vite take. Its hooks are theirs. */
export interface RollupPlugin {
  readonly name: "zcache";
  readonly enforce: "pre";
  // The three hosts declare their hooks differently, and each has its own context.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [hook: string]: any;
}

/**
 * Makes the plugin for Rollup. Put it before the plugin that compiles TypeScript.
 *
 * @throws TypeError for an option that does not exist or has an impossible value
 * @example
 * import zcache from "zcache/rollup";
 * export default { plugins: [zcache(), esbuild()] };
 */
export default function zcache(options: HostOptions = {}): RollupPlugin {
  checkHostOptions(options);
  const compiler = new SourceCompiler(options.tsconfig);
  const checks = new BuildChecks(compiler, options.typeChecks);
  return {
    name: "zcache",
    enforce: "pre",
    transform: {
      order: "pre",
      filter: { id: [sourceFiles, blockFiles], code: /@zcache|refresh|nocache|invalidate/ },
      handler(this: PluginContext, code: string, id: string) {
        const compiled = compiler.compile(code, id, { format: "esm" });
        if (this.meta?.watchMode !== false)
          for (const file of compiled.dependencies) this.addWatchFile(file);
        if (hasDirective(code)) checks.meet(id);
        checks.add(compiled.problems);
        return compiled.code === null ? null : { code: compiled.code, map: compiled.map };
      },
    },
    // It runs after the last file, so that the mistakes of all files are shown.
    async buildEnd(this: PluginContext, error?: Error) {
      const { problems, failures } = await checks.finish();
      if (error) return;
      for (const failure of failures) this.warn(notChecked(failure));
      if (problems.length > 0) this.error(rollupError(problems));
    },
  };
}

makeCallable(module, zcache);

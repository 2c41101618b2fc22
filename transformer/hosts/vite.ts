import { makeCallable } from "./callable";
import { hasDirective } from "../context/concern";
import { BuildChecks, notChecked } from "./build-checks";
import { blockFiles, sourceFiles } from "./files";
import { checkHostOptions, type HostOptions } from "./host-options";
import { describeProblem } from "./host-problem";
import { type RollupPlugin } from "./rollup";
import { rollupError } from "./rollup-error";
import { SourceCompiler } from "./source-compiler";

interface Config {
  readonly command: string;
  readonly build?: { readonly sourcemap?: boolean | string };
  readonly logger: { error(text: string, options?: object): void; warn(text: string): void };
}

interface Context {
  readonly meta?: { readonly watchMode?: boolean };
  error(error: object): never;
  warn(warning: string): void;
  addWatchFile(file: string): void;
}

/**
 * Makes the plugin for Vite and Vitest. It compiles files with directives in builds, in the dev
 * server and in tests, and runs the checks that need types beside builds and the dev server.
 *
 * @throws TypeError for an option that does not exist or has an impossible value
 * @example
 * import zcache from "zcache/vite";
 * export default { plugins: [zcache()] };
 */
export default function zcache(options: HostOptions = {}): RollupPlugin {
  checkHostOptions(options);
  const compiler = new SourceCompiler(options.tsconfig);
  const checks = new BuildChecks(compiler, options.typeChecks);
  let isServing = false;
  let isTesting = false;
  let withoutMap = false;
  let logger: Config["logger"] | null = null;
  let pending: NodeJS.Timeout | null = null;

  /** Checks beside a server without delaying a reload. The findings are shown in its log. */
  const checkBeside = (): void => {
    if (!logger || isTesting) return;
    if (pending) clearTimeout(pending);
    pending = setTimeout(() => {
      void checks.finish().then(({ problems, failures }) => {
        for (const failure of failures) logger?.warn(`[zcache] ${notChecked(failure)}`);
        for (const problem of problems)
          logger?.error(`[zcache] ${describeProblem(problem)}`, { timestamp: true });
      });
    }, 300);
    pending.unref();
  };

  return {
    name: "zcache",
    enforce: "pre",
    configResolved(config: Config) {
      isServing = config.command === "serve";
      isTesting = process.env["VITEST"] !== undefined;
      // A bundle without maps doesn't need zcache's map. A server always makes maps.
      withoutMap = !isServing && !isTesting && !config.build?.sourcemap;
      logger = config.logger;
    },
    transform: {
      order: "pre",
      filter: { id: [sourceFiles, blockFiles], code: /@zcache|refresh|nocache|invalidate/ },
      handler(this: Context, code: string, id: string) {
        const compiled = compiler.compile(code, id, { format: "esm", withoutMap });
        const { problems, dependencies } = compiled;
        // rolldown takes longer for these calls than zcache for a file that is kept on disk.
        if (isServing || this.meta?.watchMode !== false)
          for (const file of dependencies) this.addWatchFile(file);
        // A server shows a mistake at once, when the file is requested; a build shows all of them
        // at its end.
        if (isServing && problems.length > 0) this.error(rollupError(problems));
        if (hasDirective(code) && !isTesting) {
          checks.meet(id);
          if (isServing) checkBeside();
        }
        checks.add(problems);
        return compiled.code === null ? null : { code: compiled.code, map: compiled.map };
      },
    },
    async buildEnd(this: Context, error?: Error) {
      if (isServing) return;
      const { problems, failures } = await checks.finish();
      if (error) return;
      for (const failure of failures) this.warn(notChecked(failure));
      if (problems.length > 0) this.error(rollupError(problems));
    },
  };
}

makeCallable(module, zcache);

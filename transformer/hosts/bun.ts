import { readFileSync } from "node:fs";
import { hasDirective } from "../context/concern";
import { BuildChecks, notChecked } from "./build-checks";
import { makeCallable } from "./callable";
import { blockFiles, packageFolder, sourceFiles } from "./files";
import { checkHostOptions, type HostOptions } from "./host-options";
import { describeProblems, type HostProblem } from "./host-problem";
import { SourceCompiler } from "./source-compiler";

interface Build {
  onLoad(
    options: { filter: RegExp },
    load: (args: {
      path: string;
      loader: string;
    }) => { contents: string; loader: string } | undefined,
  ): void;
  /** Only the bundler has this hook, because the runtime has no end. */
  onEnd?(end: (result: { success: boolean }) => Promise<void>): void;
}

export interface BunPlugin {
  readonly name: "zcache";
  // Bun's own type is not used, because zcache doesn't depend on Bun.
  // oxlint-disable-next-line typescript/no-explicit-any
  setup(build: any): void;
}

const ownTypescript = /^(?!.*[\\/]node_modules[\\/]).*\.[cm]?tsx?$/s;

/**
 * Makes the plugin of `Bun.build({ plugins: [zcache()] })`. For Bun's runtime, `preload =
 * ["zcache/register"]` in bunfig.toml does the same.
 *
 * @throws TypeError for an option that does not exist or has an impossible value
 */
export default function zcache(options: HostOptions = {}): BunPlugin {
  checkHostOptions(options);
  return {
    name: "zcache",
    setup(build: Build) {
      const compiler = new SourceCompiler(options.tsconfig);
      const checks = new BuildChecks(compiler, options.typeChecks);
      const isBundling = build.onEnd !== undefined;
      // The runtime wants an answer for each file that it asks about, and most JavaScript isn't the
      // user's.
      build.onLoad({ filter: isBundling ? sourceFiles : ownTypescript }, ({ path, loader }) => {
        if (isBundling && packageFolder.test(path)) return undefined;
        const text = readFileSync(path, "utf8");
        const { code, problems } = compiler.compile(text, path, { withoutMap: true });
        if (isBundling && hasDirective(text)) checks.meet(path);
        if (problems.length > 0) throw errorOf(problems);
        // Bun takes no source map from a plugin, and needs none, because no line has moved.
        return code === null && isBundling ? undefined : { contents: code ?? text, loader };
      });
      // Another plugin compiles these files, but can't carry out a directive in them.
      build.onLoad({ filter: blockFiles }, ({ path }) => {
        const { problems } = compiler.compile(readFileSync(path, "utf8"), path);
        if (problems.length > 0) throw errorOf(problems);
        return undefined;
      });
      build.onEnd?.(async ({ success }) => {
        const { problems, failures } = await checks.finish();
        for (const failure of failures) console.warn(`zcache: ${notChecked(failure)}`);
        // If a file was wrong, Bun has shown that, and the checks would report it again.
        if (success && problems.length > 0) throw errorOf(problems);
      });
    },
  };
}

function errorOf(problems: readonly HostProblem[]): Error {
  const error = new SyntaxError(`zcache:\n${describeProblems(problems)}`);
  // The stack is that of zcache, and says nothing about the mistake.
  error.stack = `SyntaxError: ${error.message}`;
  return error;
}

makeCallable(module, zcache);

import { codeHash, zcacheVersion } from "../context/zcache-version";
import { makeCallable } from "./callable";
import { checkHostOptions, type HostOptions } from "./host-options";
import { BuildChecks, notChecked } from "./build-checks";
import { describeProblem } from "./host-problem";
import { blockFiles, packageFolder, sourceFiles } from "./files";
import { SourceCompiler } from "./source-compiler";
import { hasDirective } from "../context/concern";
import { readFileSync } from "node:fs";

interface Compiler {
  readonly options: { readonly module: { readonly rules: unknown[] } };
  readonly webpack?: { readonly WebpackError?: new (message: string) => Error };
  readonly watchMode?: boolean;
  readonly hooks: {
    readonly finishMake?: {
      tapPromise(name: string, call: (compilation: Compilation) => Promise<void>): void;
    };
    readonly afterCompile?: {
      tapPromise(name: string, call: (compilation: Compilation) => Promise<void>): void;
    };
  };
}

interface Compilation {
  readonly errors: unknown[];
  readonly warnings: unknown[];
  readonly modules: Iterable<{ readonly resource?: string }>;
}

/** `plugins: [new ZcachePlugin()]`, or `zcache()`, for webpack and for rspack. */
export class ZcachePlugin {
  constructor(private readonly options: HostOptions = {}) {
    checkHostOptions(options);
  }

  // webpack's and rspack's own types of it, which zcache depends on neither of.
  // oxlint-disable-next-line typescript/no-explicit-any
  apply(given: any): void {
    const compiler = given as Compiler;
    const { tsconfig, typeChecks } = this.options;
    const version = codeHash() ?? zcacheVersion();
    compiler.options.module.rules.push({
      test: [sourceFiles, blockFiles],
      exclude: packageFolder,
      enforce: "pre",
      loader: require.resolve("./loader"),
      // The plugin runs the checks itself, once for all files.
      options: { version, typeChecks: "never", ...(tsconfig !== undefined && { tsconfig }) },
    });
    if (typeChecks === "never") return;
    const check = async (compilation: Compilation): Promise<void> => {
      const checks = new BuildChecks(new SourceCompiler(tsconfig), typeChecks);
      for (const { resource } of compilation.modules)
        if (resource && isAnnotated(resource)) checks.meet(resource);
      const { problems, failures } = await checks.finish();
      const { WebpackError = Error } = compiler.webpack ?? {};
      for (const failure of failures)
        compilation.warnings.push(new WebpackError(notChecked(failure)));
      // The loader has already shown its own mistakes.
      const shown = String(compilation.errors.map((error) => (error as Error).message));
      for (const problem of problems) {
        const text = describeProblem(problem);
        if (!shown.includes(text.split("\n")[0] as string))
          compilation.errors.push(new WebpackError(text));
      }
    };
    compiler.hooks.finishMake?.tapPromise("zcache", check);
  }
}

function isAnnotated(resource: string): boolean {
  const file = resource.replace(/[?#].*$/s, "");
  if (!sourceFiles.test(file) || packageFolder.test(file)) return false;
  try {
    return hasDirective(readFileSync(file, "utf8"));
  } catch {
    return false;
  }
}

/**
 * Makes the plugin for webpack and Rspack. It adds its loader before those that compile TypeScript.
 *
 * @throws TypeError for an option that does not exist or has an impossible value
 * @example module.exports = { plugins: [zcache()] }
 */
export default function zcache(options: HostOptions = {}): ZcachePlugin {
  return new ZcachePlugin(options);
}

makeCallable(module, zcache);

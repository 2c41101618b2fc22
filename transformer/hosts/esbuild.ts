import { makeCallable } from "./callable";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { hasDirective } from "../context/concern";
import { BuildChecks, notChecked } from "./build-checks";
import { blockFiles, packageFolder } from "./files";
import { checkHostOptions, type HostOptions } from "./host-options";
import { type HostProblem } from "./host-problem";
import { SourceCompiler } from "./source-compiler";

interface Message {
  readonly text: string;
  readonly location?: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly length: number;
    readonly lineText: string;
  };
}

interface Build {
  onLoad(
    options: { filter: RegExp; namespace?: string },
    load: (args: { path: string }) => object | null,
  ): void;
  onEnd(end: (result: { errors: unknown[] }) => Promise<object | null>): void;
  readonly initialOptions: {
    readonly sourcemap?: boolean | string;
    readonly loader?: Readonly<Record<string, string>>;
    readonly logLevel?: string;
    readonly color?: boolean;
  };
  readonly esbuild: {
    formatMessages(messages: readonly Message[], options: object): Promise<string[]>;
  };
}

export interface EsbuildPlugin {
  readonly name: "zcache";
  // esbuild's own type is not used, because zcache doesn't depend on esbuild.
  // oxlint-disable-next-line typescript/no-explicit-any
  setup(build: any): void;
}

/**
 * Makes the plugin for esbuild, tsup and other tools that take esbuild's plugins. It has to be the
 * first one that loads TypeScript, because only one plugin can load a file.
 *
 * @throws TypeError for an option that does not exist or has an impossible value
 * @example await build({ plugins: [zcache()] })
 */
export default function zcache(options: HostOptions = {}): EsbuildPlugin {
  checkHostOptions(options);
  return {
    name: "zcache",
    setup(build: Build) {
      const compiler = new SourceCompiler(options.tsconfig);
      const checks = new BuildChecks(compiler, options.typeChecks);
      const withoutMap = !build.initialOptions.sourcemap;
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, ({ path }) => {
        if (packageFolder.test(path)) return null;
        // This runs for every file of the build, and reading without a promise takes a fifth of the
        // CPU time.
        const text = readFileSync(path, "utf8");
        const made = compiler.compile(text, path, { withoutMap });
        const { code, map, problems } = made;
        const watchFiles = [...made.dependencies];
        if (hasDirective(text)) checks.meet(path);
        if (problems.length > 0) return { errors: problems.map(toMessage), watchFiles };
        if (code === null) return null;
        const extension = extname(path);
        const loader =
          build.initialOptions.loader?.[extension] ?? extension.slice(1).replace(/^[cm]/, "");
        return {
          contents: map === null ? code : `${code}\n//# sourceMappingURL=${toUrl(map)}`,
          loader,
          watchFiles,
        };
      });
      // Another plugin compiles these files, but can't carry out a directive in them.
      build.onLoad({ filter: blockFiles, namespace: "file" }, ({ path }) => {
        const { problems } = compiler.compile(readFileSync(path, "utf8"), path);
        return problems.length > 0 ? { errors: problems.map(toMessage) } : null;
      });
      build.onEnd(async ({ errors: known }) => {
        const { problems, failures } = await checks.finish();
        // If a file was wrong, esbuild has shown that, and the checks would report it again.
        const errors = known.length > 0 ? [] : problems.map(toMessage);
        const warnings = failures.map((failure) => ({ text: notChecked(failure) }));
        await show(build, "error", errors);
        await show(build, "warning", warnings);
        return { errors, warnings };
      });
    },
  };
}

/**
 * Prints messages, because those that arrive after the end of a build are part of its result, but
 * esbuild doesn't print them.
 */
async function show(
  { initialOptions: { logLevel, color }, esbuild }: Build,
  kind: "error" | "warning",
  messages: readonly Message[],
): Promise<void> {
  if (
    messages.length === 0 ||
    logLevel === "silent" ||
    (kind === "warning" && logLevel === "error")
  )
    return;
  const formatted = await esbuild.formatMessages(messages, {
    kind,
    color: color ?? process.stderr.hasColors?.() === true,
  });
  process.stderr.write(formatted.join(""));
}

function toMessage({ file, line, column, length, lineText, message, code }: HostProblem): Message {
  // Columns of esbuild begin at 0.
  return {
    text: `TS${code}: ${message}`,
    location: { file, line, column: column - 1, length, lineText },
  };
}

function toUrl(text: string): string {
  return `data:application/json;base64,${Buffer.from(text).toString("base64")}`;
}

makeCallable(module, zcache);

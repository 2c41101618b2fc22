import { dirname } from "node:path";
import { describeProblem, type HostProblem } from "../hosts/host-problem";
import { runTypeChecks } from "../hosts/type-checks";
import { type Command, CommandError, exitCodes, type Terminal, UsageError } from "./command";
import { findConfig } from "./find-config";
import { RewrittenProject } from "./rewritten-project";
import { findTsc, runTsc } from "./run-tsc";

export const build: Command = {
  name: "build",
  positionals: "TSC'S ARGUMENTS",
  count: [0, Infinity],
  summary:
    "Compiles as tsc does, with the cache in it: for TypeScript 7, whose compiler has no transformers",
  details: `It takes tsc's arguments: -p, -b, -w, --noEmit, --incremental and all others. Types and .d.ts files are those of
the installed tsc. The same tsc compiles the files that zcache rewrites a second time, each by itself.`,
  options: {},
  run: () => Promise.reject(new CommandError("zcache build takes its arguments as they are.")),
  runRaw: (argv, terminal) => new Build(argv, terminal).run(),
};

/** The arguments of tsc that concern zcache. All arguments are passed on. */
interface Asked {
  readonly configFiles: readonly string[];
  readonly watches: boolean;
  readonly emits: boolean;
  /** The options for the compiler. A build with -b takes none. */
  readonly options: readonly string[];
}

class Build {
  readonly #asked: Asked;
  readonly #tsc: string;
  readonly #projects: readonly RewrittenProject[];

  constructor(
    private readonly argv: readonly string[],
    private readonly terminal: Terminal,
  ) {
    this.#asked = readArguments(argv, terminal.directory);
    this.#tsc = findTsc([terminal.directory, ...this.#asked.configFiles.map(dirname)]);
    const seen = new Map<string, RewrittenProject>();
    const { configFiles, options } = this.#asked;
    const call = { tsc: this.#tsc, directory: terminal.directory, options };
    for (const file of configFiles) RewrittenProject.collect(file, call, seen, argvBuilds(argv));
    this.#projects = [...seen.values()];
  }

  async run(): Promise<number> {
    if (this.#asked.watches) return this.#watch();
    const [compiled, problems] = await Promise.all([this.#compile(), this.#prepare()]);
    if (this.#asked.emits) for (const project of this.#projects) project.finish(compiled);
    this.#print(problems);
    const failed = problems.length > 0 ? 2 : exitCodes.clean;
    return compiled === 0 ? failed : compiled;
  }

  async #compile(): Promise<number> {
    const { code } = await runTsc(this.#tsc, this.argv, this.terminal.directory, (text) =>
      this.terminal.write(text),
    );
    return code;
  }

  /** Rewrites and compiles the files that concern zcache, beside the compiler itself. */
  async #prepare(): Promise<readonly HostProblem[]> {
    const found = await Promise.all(
      this.#projects.map(async (project) => {
        await project.read();
        // They take the longest, in a process of their own.
        const checking = project.isAnnotated ? runTypeChecks(project.configFile) : null;
        const problems = project.rewrite();
        const [checked] = await Promise.all([
          checking,
          this.#asked.emits ? project.compile() : null,
        ]);
        if (checked?.failure)
          this.terminal.write(
            `zcache: the checks that need types were not run: ${checked.failure}\n`,
          );
        return [...problems, ...(checked?.problems ?? [])];
      }),
    );
    const byPlace = new Map(
      found.flat().map((one) => [`${one.file}:${one.line}:${one.column}:${one.code}`, one]),
    );
    return [...byPlace.values()];
  }

  #print(problems: readonly HostProblem[]): void {
    for (const problem of problems) this.terminal.write(`${describeProblem(problem)}\n`);
  }

  /** Lets tsc watch, and compiles zcache's files each time tsc has compiled. */
  async #watch(): Promise<number> {
    let working: Promise<void> = Promise.resolve();
    const afterwards = async (): Promise<void> => {
      const problems = await this.#prepare();
      if (this.#asked.emits) for (const project of this.#projects) project.finish(1);
      this.#print(problems);
      const count = this.#projects.reduce((sum, { rewrittenCount }) => sum + rewrittenCount, 0);
      this.terminal.write(
        `zcache: ${count} ${count === 1 ? "file" : "files"} compiled with the cache.\n`,
      );
    };
    const { code } = await runTsc(
      this.#tsc,
      [...this.argv, "--preserveWatchOutput"],
      this.terminal.directory,
      (text) => {
        this.terminal.write(text);
        if (/Watching for file changes/.test(text)) working = working.then(afterwards);
      },
    );
    await working;
    return code;
  }
}

function argvBuilds(argv: readonly string[]): boolean {
  return argv.some((one) => /^--?(b|build)$/i.test(one));
}

/** @throws UsageError */
function readArguments(argv: readonly string[], directory: string): Asked {
  const source = argv.find((one) => /\.[cm]?tsx?$/.test(one));
  if (source !== undefined)
    throw new UsageError(
      `zcache build compiles projects and no single files. Name ${source} in a tsconfig.json, and give that with -p.`,
    );
  const has = (pattern: RegExp): boolean =>
    argv.some((one, i) => pattern.test(one) && argv[i + 1] !== "false");
  const files = argvBuilds(argv)
    ? argv.filter((one, i) => !one.startsWith("-") && !/^--?\w/.test(argv[i - 1] ?? "-b"))
    : argv.flatMap((one, i) => (isProjectOption(one) ? [argv[i + 1] ?? "."] : []));
  const named =
    argvBuilds(argv) && files.length === 0 ? argv.filter((one) => !one.startsWith("-")) : files;
  const configFiles = (named.length > 0 ? named : [undefined]).map((one) =>
    findConfig(directory, one),
  );
  const emits =
    !has(/^--?(noEmit|emitDeclarationOnly|clean|dry|d|showConfig|listFilesOnly)$/i) || has(/^-d$/);
  const options = argvBuilds(argv)
    ? []
    : argv.filter((one, i) => !isProjectOption(one) && !isProjectOption(argv[i - 1] ?? ""));
  return { configFiles, watches: has(/^--?(w|watch)$/i), emits, options };
}

function isProjectOption(argument: string): boolean {
  return /^--?(p|project)$/i.test(argument);
}

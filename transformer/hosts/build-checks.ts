import { type HostOptions } from "./host-options";
import { type HostProblem } from "./host-problem";
import { runTypeChecks, type TypeChecked } from "./type-checks";
import { type SourceCompiler } from "./source-compiler";

/**
 * Runs the type checks of a build's projects, each once. They begin when the first file with a
 * directive is found, and are awaited at the build's end.
 */
export class BuildChecks {
  readonly #running = new Map<string, Promise<TypeChecked>>();
  readonly #problems: HostProblem[] = [];

  constructor(
    private readonly compiler: SourceCompiler,
    private readonly typeChecks: HostOptions["typeChecks"] = "build",
  ) {}

  /** Records that a file with a directive is part of the build. */
  meet(file: string): void {
    if (this.typeChecks === "never") return;
    const { file: tsconfig } = this.compiler.tsconfigOf(file);
    if (tsconfig !== null && !this.#running.has(tsconfig))
      this.#running.set(tsconfig, runTypeChecks(tsconfig));
  }

  /** Adds mistakes that the transform itself has found. */
  add(problems: readonly HostProblem[]): void {
    this.#problems.push(...problems);
  }

  /**
   * Returns all mistakes, each once, and why checks could not be run. The next build starts again.
   */
  async finish(): Promise<{
    readonly problems: readonly HostProblem[];
    readonly failures: readonly string[];
  }> {
    const checked = await Promise.all(this.#running.values());
    this.#running.clear();
    const found = [...this.#problems.splice(0), ...checked.flatMap(({ problems }) => problems)];
    const byPlace = new Map(found.map((problem) => [keyOf(problem), problem]));
    const failures = checked.flatMap(({ failure }) => failure ?? []);
    return { problems: [...byPlace.values()], failures: [...new Set(failures)] };
  }
}

function keyOf({ file, line, column, code }: HostProblem): string {
  return `${file}:${line}:${column}:${code}`;
}

/** Describes why the checks could not be run. */
export function notChecked(failure: string): string {
  return `The checks that need types were not run: ${failure} With typeChecks: "never" the plugin does not run them.`;
}

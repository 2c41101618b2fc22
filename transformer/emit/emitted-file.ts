import type ts from "typescript";
import { type RuntimeFunction, runtimeModule } from "../../runtime/plan";
import { type PlannedTarget } from "../plan/analyze-file";
import { classNamesOf } from "../target/class-names";
import { freeName } from "./code";
import { type FileContext } from "../context/file-context";
import { printPlan } from "./print-plan";
import { homeOf } from "../target/receiver-home";

export interface Planned extends PlannedTarget {
  /** The name of the plan's function in the emitted file. */
  readonly planName: string;
}

/**
 * The state that the forms share while one file is emitted: its targets, the names that it may use,
 * and its link to the runtime. All of it is text, so that it is the same whether nodes or text are
 * written.
 */
export abstract class EmittedFile {
  usesRuntime = false;
  readonly #targets = new Map<ts.Node, Planned>();
  readonly #taken = new Set<string>();
  /** The variables that hold what is attached, by the names of the plans that mention them. */
  readonly #attached = new Map<string, string[]>();
  readonly #literals = new Set<ts.Node>();
  readonly #classNames: ReadonlyMap<ts.Node, string>;
  #chainBase: string | null = null;
  /** The name that the file uses for the runtime. */
  protected readonly runtimeName: string;

  constructor(
    readonly context: FileContext,
    targets: readonly PlannedTarget[],
  ) {
    this.runtimeName = this.free("zc");
    for (const planned of targets) {
      this.#targets.set(planned.target.node, {
        ...planned,
        planName: this.free(`${planned.target.name ?? "anonymous"}_plan`),
      });
    }
    const homes = targets.flatMap(
      ({ plan, target }) => (plan.home && homeOf(context, target.node)) ?? [],
    );
    const { ts } = context;
    for (const home of homes) if (ts.isObjectLiteralExpression(home)) this.#literals.add(home);
    this.#classNames = classNamesOf(context, homes.filter(ts.isClassLike));
  }

  /** Returns the classes that have to state their name at run time. */
  get namedClasses(): Iterable<ts.Node> {
    return this.#classNames.keys();
  }

  classNameOf(node: ts.ClassLikeDeclaration): string | undefined {
    return this.#classNames.get(this.originalOf(node));
  }

  /** Whether the object literal has a cached function that reads `this` and has a default key. */
  isHome(literal: ts.ObjectLiteralExpression): boolean {
    return this.#literals.has(this.originalOf(literal));
  }

  plannedOf(node: ts.Node): Planned | undefined {
    return this.#targets.get(this.originalOf(node));
  }

  /** Returns the node that was analysed. */
  originalOf(node: ts.Node): ts.Node {
    return node;
  }

  /** Returns a name that nothing else in the file has. */
  free(wanted: string): string {
    return freeName(this.context.sourceFile.text, wanted, this.#taken);
  }

  /** Returns `zc.attach`, or another name for it. */
  runtime(name: RuntimeFunction): string {
    this.usesRuntime = true;
    return this.link(name);
  }

  protected abstract link(name: RuntimeFunction): string;

  /**
   * Returns the variable that holds the object of an optional chain between the test whether it is
   * missing and its use. No other code of the file can run in between.
   */
  chainBase(): string {
    return (this.#chainBase ??= this.free("base"));
  }

  /** Returns the text that comes before everything else in the file. */
  headerText(): string {
    return this.#chainBase === null
      ? this.importText()
      : `${this.importText()} var ${this.#chainBase};`;
  }

  protected abstract importText(): string;

  /** Returns a variable that holds a declaration once it is attached. Its plan mentions it. */
  attachedName({ planName, target }: Planned): string {
    const name = this.free(`${target.name ?? "default"}_attached`);
    this.#attached.set(planName, [...(this.#attached.get(planName) ?? []), name]);
    return name;
  }

  plansText(): string {
    return [...this.#targets.values()]
      .map(({ planName, plan }) => printPlan(planName, plan, this.#attached.get(planName)))
      .join("\n");
  }

  protected readonly from = JSON.stringify(runtimeModule);
}

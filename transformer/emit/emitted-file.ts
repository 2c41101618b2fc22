import type ts from "typescript";
import { type RuntimeFunction, runtimeModule } from "../../runtime/plan";
import { type PlannedTarget } from "../plan/analyze-file";
import { classNamesOf } from "../target/class-names";
import { freeName } from "./code";
import { type FileContext } from "../context/file-context";
import { printPlan } from "./print-plan";
import { homeOf } from "../target/receiver-home";

export interface Planned extends PlannedTarget {
  /** The name of its plan's function in the emitted file. */
  readonly planName: string;
}

/**
 * What the forms share while one file is emitted: its targets, the names it may use, and its link to the runtime. All of it is
 * text, so that it is the same whether nodes or text are written.
 */
export abstract class EmittedFile {
  usesRuntime = false;
  readonly #targets = new Map<ts.Node, Planned>();
  readonly #taken = new Set<string>();
  readonly #literals = new Set<ts.Node>();
  readonly #classNames: ReadonlyMap<ts.Node, string>;
  #chainBase: string | null = null;
  /** What the file calls the runtime. */
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
    const homes = targets.flatMap(({ plan, target }) => (plan.home && homeOf(context, target.node)) ?? []);
    const { ts } = context;
    for (const home of homes) if (ts.isObjectLiteralExpression(home)) this.#literals.add(home);
    this.#classNames = classNamesOf(context, homes.filter(ts.isClassLike));
  }

  /** Of the classes that are to tell their name at run time. */
  get namedClasses(): Iterable<ts.Node> {
    return this.#classNames.keys();
  }

  classNameOf(node: ts.ClassLikeDeclaration): string | undefined {
    return this.#classNames.get(this.originalOf(node));
  }

  /** The object literal has a cached function that reads `this` under a default key. */
  isHome(literal: ts.ObjectLiteralExpression): boolean {
    return this.#literals.has(this.originalOf(literal));
  }

  plannedOf(node: ts.Node): Planned | undefined {
    return this.#targets.get(this.originalOf(node));
  }

  /** The node that was analysed. */
  protected originalOf(node: ts.Node): ts.Node {
    return node;
  }

  /** A name that nothing else in the file has. */
  free(wanted: string): string {
    return freeName(this.context.sourceFile.text, wanted, this.#taken);
  }

  /** `zc.attach`, or another name for it. */
  runtime(name: RuntimeFunction): string {
    this.usesRuntime = true;
    return this.link(name);
  }

  protected abstract link(name: RuntimeFunction): string;

  /**
   * The variable that holds what an optional chain is of, between the question whether it is missing and its use: no
   * other code of the file can run meanwhile.
   */
  chainBase(): string {
    return (this.#chainBase ??= this.free("base"));
  }

  /** What stands before everything else in the file. */
  headerText(): string {
    return this.#chainBase === null ? this.importText() : `${this.importText()} var ${this.#chainBase};`;
  }

  protected abstract importText(): string;

  plansText(): string {
    return [...this.#targets.values()].map(({ planName, plan }) => printPlan(planName, plan)).join("\n");
  }

  protected readonly from = JSON.stringify(runtimeModule);
}

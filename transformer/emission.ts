import type ts from "typescript";
import { type RuntimeFunction, runtimeModule } from "../runtime/plan";
import { type PlannedTarget } from "./analyze-file";
import { classNamesOf } from "./class-names";
import { createStatements, freeName } from "./code";
import { type FileContext } from "./file-context";
import { printPlan } from "./print-plan";
import { homeOf } from "./receiver-home";

export interface Planned extends PlannedTarget {
  /** The name of its plan's function in the emitted file. */
  readonly planName: string;
}

/** What the forms share while one file is emitted: its targets, the names it may use, and its link to the runtime. */
export class Emission {
  usesRuntime = false;
  readonly #targets = new Map<ts.Node, Planned>();
  readonly #taken = new Set<string>();
  readonly #literals = new Set<ts.Node>();
  readonly #classNames: ReadonlyMap<ts.Node, string>;
  readonly #runtime: string;
  #chainBase: string | null = null;

  constructor(
    readonly context: FileContext,
    targets: readonly PlannedTarget[],
  ) {
    this.#runtime = this.free("zc");
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
    return this.#classNames.get(this.context.ts.getOriginalNode(node));
  }

  /** The object literal has a cached function that reads `this` under a default key. */
  isHome(literal: ts.ObjectLiteralExpression): boolean {
    return this.#literals.has(this.context.ts.getOriginalNode(literal));
  }

  /** By the node that was analysed: another transformer may have made a new one of it, and so have we. */
  plannedOf(node: ts.Node): Planned | undefined {
    return this.#targets.get(this.context.ts.getOriginalNode(node));
  }

  /**
   * The variable that holds what an optional chain is of, between the question whether it is missing and its use: no
   * other code of the file can run meanwhile.
   */
  chainBase(): string {
    return (this.#chainBase ??= this.free("base"));
  }

  /** A name that nothing else in the file has. */
  free(wanted: string): string {
    return freeName(this.context.sourceFile.text, wanted, this.#taken);
  }

  /** `zc.attach`, as text. */
  runtimeText(name: RuntimeFunction): string {
    this.usesRuntime = true;
    return `${this.#runtime}.${name}`;
  }

  /** `zc.at(…)`, as a node. */
  runtimeCall(name: RuntimeFunction, args: readonly ts.Expression[]): ts.CallExpression {
    const { factory } = this.context.ts;
    this.usesRuntime = true;
    const callee = factory.createPropertyAccessExpression(factory.createIdentifier(this.#runtime), name);
    return factory.createCallExpression(callee, undefined, args);
  }

  /** An import that a transformer adds is not bound to its uses in CommonJS, so there it is a `require`. */
  importText(): string {
    const from = JSON.stringify(runtimeModule);
    const text =
      this.context.format === "esm"
        ? `import * as ${this.#runtime} from ${from};`
        : `const ${this.#runtime} = require(${from});`;
    return this.#chainBase === null ? text : `${text}\nvar ${this.#chainBase};`;
  }

  createPlans(): ts.Statement[] {
    const plans = [...this.#targets.values()].map(({ planName, plan }) => printPlan(planName, plan));
    return createStatements(this.context.ts, plans.join("\n"));
  }
}

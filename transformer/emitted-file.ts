import type ts from "typescript";
import { type RuntimeFunction, runtimeModule } from "../runtime/plan";
import { type PlannedTarget } from "./analyze-file";
import { freeName } from "./code";
import { type FileContext } from "./file-context";
import { printPlan } from "./print-plan";

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
  }

  plannedOf(node: ts.Node): Planned | undefined {
    return this.#targets.get(node);
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

  abstract importText(): string;

  plansText(): string {
    return [...this.#targets.values()].map(({ planName, plan }) => printPlan(planName, plan)).join("\n");
  }

  protected readonly from = JSON.stringify(runtimeModule);
}

import type ts from "typescript";
import { type RuntimeFunction } from "../../runtime/plan";
import { type PlannedTarget } from "../plan/analyze-file";
import { createStatements } from "./code";
import { EmittedFile } from "./emitted-file";
import { type CompilerContext } from "../context/file-context";

export { type Planned } from "./emitted-file";

/** The emission of a compiler that emits the file itself: code is written as nodes. */
export class Emission extends EmittedFile {
  constructor(
    override readonly context: CompilerContext,
    targets: readonly PlannedTarget[],
  ) {
    super(context, targets);
  }

  /**
   * Returns the node that was analysed, because another transformer, or zcache itself, may have
   * replaced it.
   */
  override originalOf(node: ts.Node): ts.Node {
    return this.context.ts.getOriginalNode(node);
  }

  protected override link(name: RuntimeFunction): string {
    return `${this.runtimeName}.${name}`;
  }

  /**
   * In CommonJS output, an import that a transformer adds is not bound to its uses, so a `require`
   * is written there.
   */
  protected override importText(): string {
    return this.context.format === "esm"
      ? `import * as ${this.runtimeName} from ${this.from};`
      : `const ${this.runtimeName} = require(${this.from});`;
  }

  createPlans(): ts.Statement[] {
    return createStatements(this.context.ts, this.plansText());
  }
}

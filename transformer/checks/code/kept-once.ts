import type ts from "typescript";
import { someNode } from "../../context/walk-tree";

/**
 * Recognises `this.dates ??= days(map)`, and the same under `if (!this.dates)`: it is made once,
 * for all callers.
 */
export function isKeptOnce(compiler: typeof ts, write: ts.Node, path: string): boolean {
  const { BarBarEqualsToken, QuestionQuestionEqualsToken } = compiler.SyntaxKind;
  const operator = compiler.isBinaryExpression(write) ? write.operatorToken.kind : null;
  if (operator === BarBarEqualsToken || operator === QuestionQuestionEqualsToken) return true;
  const condition = compiler.findAncestor(write, (outer) => compiler.isIfStatement(outer));
  return (
    condition !== undefined &&
    someNode(
      compiler,
      condition.expression,
      (node) => !compiler.isLiteralExpression(node) && node.getText() === path,
    )
  );
}

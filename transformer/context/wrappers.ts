import type ts from "typescript";
import { type FileContext } from "./file-context";

/** Returns the expression without the parentheses and type assertions around it. */
export function unwrap(ts: FileContext["ts"], expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (isWrapper(ts, inner)) inner = inner.expression;
  return inner;
}

/**
 * Whether the node only wraps a value: `(x)`, `x as T`, `x satisfies T`, `x!`, `<T>x` have the
 * value of `x`.
 */
export function isWrapper(
  ts: FileContext["ts"],
  node: ts.Node,
): node is
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression
  | ts.TypeAssertion {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  );
}

/** `left = right` */
export function isAssignment(ts: FileContext["ts"], node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

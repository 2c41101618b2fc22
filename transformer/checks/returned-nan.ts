import type ts from "typescript";
import { walkTree } from "../context/walk-tree";
import { type TargetNode } from "../target/target-node";
import { type CheckContext } from "../plan/check-context";
import { type Loss } from "./codec-losses";

/**
 * Finds `return NaN`, `return total || Infinity`, `return { average: n > 0 ? sum / n : NaN }`,
 * whose type is number.
 */
export function returnedNaN(
  { ts }: Pick<CheckContext, "ts">,
  { body }: TargetNode,
): readonly Loss[] {
  const found: Loss[] = [];
  if (!body || !/NaN|Infinity|INFINITY/.test(body.getText())) return found;
  const look = (returned: ts.Expression): void => {
    // A long chain of operators must not be a deep recursion.
    const open: { value: ts.Expression; path: string }[] = [{ value: returned, path: "" }];
    for (let next = open.pop(); next; next = open.pop()) {
      const { value, path } = next;
      const name = nanName(ts, value);
      if (name)
        found.push({
          path,
          what: `may be ${name}, which becomes null`,
          kind: "NaN",
          isForeign: false,
        });
      else open.push(...partsOf(ts, value, path).reverse());
    }
  };
  if (!ts.isBlock(body)) look(body);
  else
    walkTree(ts, body, (node) => {
      if (ts.isFunctionLike(node) || ts.isClassLike(node)) return "skip";
      if (ts.isReturnStatement(node) && node.expression) look(node.expression);
      return undefined;
    });
  return found;
}

function partsOf(
  compiler: typeof ts,
  value: ts.Expression,
  path: string,
): { value: ts.Expression; path: string }[] {
  if (compiler.isParenthesizedExpression(value)) return [{ value: value.expression, path }];
  if (compiler.isConditionalExpression(value))
    return [value.whenTrue, value.whenFalse].map((one) => ({ value: one, path }));
  if (compiler.isBinaryExpression(value) && isFallback(compiler, value))
    return [{ value: value.right, path }];
  if (!compiler.isObjectLiteralExpression(value)) return [];
  return value.properties.flatMap((property) =>
    compiler.isPropertyAssignment(property)
      ? [{ value: property.initializer, path: `${path}.${property.name.getText()}` }]
      : [],
  );
}

function isFallback(
  compiler: typeof ts,
  { operatorToken: { kind } }: ts.BinaryExpression,
): boolean {
  return (
    kind === compiler.SyntaxKind.BarBarToken || kind === compiler.SyntaxKind.QuestionQuestionToken
  );
}

function nanName(compiler: typeof ts, node: ts.Expression): string | null {
  let operand = node;
  while (compiler.isPrefixUnaryExpression(operand)) operand = operand.operand;
  const text =
    compiler.isIdentifier(operand) || compiler.isPropertyAccessExpression(operand)
      ? operand.getText()
      : "";
  return /^(?:NaN|Infinity|Number\.(?:NaN|POSITIVE_INFINITY|NEGATIVE_INFINITY))$/.test(text)
    ? text
    : null;
}

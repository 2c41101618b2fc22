import type ts from "typescript";
import { walkTree } from "../walk-tree";
import { type TargetNode } from "../find-target";
import { type CheckContext } from "./check";
import { type Loss } from "./codec-losses";

/** `return NaN`, `return total || Infinity`, `return { average: n > 0 ? sum / n : NaN }`: their type is number. */
export function returnedNaN({ ts }: Pick<CheckContext, "ts">, { body }: TargetNode): readonly Loss[] {
  const found: Loss[] = [];
  if (!body || !/NaN|Infinity|INFINITY/.test(body.getText())) return found;
  const look = (value: ts.Expression, path: string): void => {
    const name = nanName(ts, value);
    if (name) found.push({ path, what: `may be ${name}, which becomes null`, kind: "NaN", isForeign: false });
    else if (ts.isParenthesizedExpression(value)) look(value.expression, path);
    else if (ts.isConditionalExpression(value))
      [value.whenTrue, value.whenFalse].forEach((branch) => look(branch, path));
    else if (ts.isBinaryExpression(value) && isFallback(ts, value)) look(value.right, path);
    else if (ts.isObjectLiteralExpression(value)) {
      for (const property of value.properties)
        if (ts.isPropertyAssignment(property)) look(property.initializer, `${path}.${property.name.getText()}`);
    }
  };
  if (!ts.isBlock(body)) look(body, "");
  else
    walkTree(ts, body, (node) => {
      if (ts.isFunctionLike(node) || ts.isClassLike(node)) return "skip";
      if (ts.isReturnStatement(node) && node.expression) look(node.expression, "");
      return undefined;
    });
  return found;
}

function isFallback(compiler: typeof ts, { operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind === compiler.SyntaxKind.BarBarToken || kind === compiler.SyntaxKind.QuestionQuestionToken;
}

function nanName(compiler: typeof ts, node: ts.Expression): string | null {
  if (compiler.isPrefixUnaryExpression(node)) return nanName(compiler, node.operand);
  const text = compiler.isIdentifier(node) || compiler.isPropertyAccessExpression(node) ? node.getText() : "";
  return /^(?:NaN|Infinity|Number\.(?:NaN|POSITIVE_INFINITY|NEGATIVE_INFINITY))$/.test(text) ? text : null;
}

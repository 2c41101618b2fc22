import type ts from "typescript";
import { createExpression } from "./code";
import { type Emission, type Planned } from "./emission";
import { functionExpressionForm } from "./forms";

export function rewriteFunctionExpression(
  emission: Emission,
  node: ts.ArrowFunction | ts.FunctionExpression,
  planned: Planned,
): ts.Expression {
  const { ts } = emission.context;
  const { pieces, anonymous } = functionExpressionForm(emission, node, planned);
  if (!anonymous || !ts.isFunctionExpression(node)) return createExpression(ts, pieces);
  const { modifiers, asteriskToken, typeParameters, parameters, type, body } = node;
  const unnamed = ts.factory.updateFunctionExpression(
    node,
    modifiers,
    asteriskToken,
    undefined,
    typeParameters,
    parameters,
    type,
    body,
  );
  return createExpression(
    ts,
    pieces.map((piece) => (piece === node ? unnamed : piece)),
  );
}

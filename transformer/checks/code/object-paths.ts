import type ts from "typescript";

/**
 * Returns `client.defaults.headers["authorization"]` for its `client`. What is under a name that
 * the code computes is a row of a store, and not a part of the path.
 */
export function wholePath(compiler: typeof ts, start: ts.Expression): ts.Expression {
  let path = start;
  while (isNamedStep(compiler, path.parent) && path.parent.expression === path) path = path.parent;
  return path;
}

function isNamedStep(
  compiler: typeof ts,
  node: ts.Node,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return (
    compiler.isPropertyAccessExpression(node) ||
    (compiler.isElementAccessExpression(node) &&
      compiler.isStringLiteralLike(node.argumentExpression))
  );
}

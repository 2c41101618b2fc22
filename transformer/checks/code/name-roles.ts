import type ts from "typescript";

export function isType(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.isTypeNode(node) && !compiler.isExpressionWithTypeArguments(node);
}

/**
 * Whether the name refers to a value: it isn't the name of a declaration, and neither follows a dot
 * nor precedes a colon.
 */
export function isValue(compiler: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  if (compiler.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (compiler.isShorthandPropertyAssignment(parent)) return true;
  const { name, propertyName, label } = parent as {
    name?: ts.Node;
    propertyName?: ts.Node;
    label?: ts.Node;
  };
  return name !== node && propertyName !== node && label !== node;
}

import type ts from "typescript";
import { unwrap } from "../../context/wrappers";

/** `als.getStore.bind(als)` of `const read = als.getStore.bind(als)` */
export function boundFunction(
  compiler: typeof ts,
  { valueDeclaration: declaration }: ts.Symbol,
): (ts.CallExpression & { readonly expression: ts.PropertyAccessExpression }) | null {
  if (!declaration || !compiler.isVariableDeclaration(declaration) || !declaration.initializer)
    return null;
  const value = unwrap(compiler, declaration.initializer);
  const isBound =
    compiler.isCallExpression(value) &&
    compiler.isPropertyAccessExpression(value.expression) &&
    value.expression.name.text === "bind";
  return isBound
    ? (value as ts.CallExpression & { readonly expression: ts.PropertyAccessExpression })
    : null;
}

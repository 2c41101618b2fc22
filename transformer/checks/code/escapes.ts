import type ts from "typescript";
import { isAssignment, isWrapper, unwrap } from "../../context/wrappers";

/**
 * Whether the value is put into a list, or given to code that passes it on: to an inline function,
 * or to the code that waits for it.
 */
export function escapes(compiler: typeof ts, node: ts.Expression): boolean {
  let outer: ts.Node = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  const { parent } = outer;
  if (compiler.isArrayLiteralExpression(parent)) return true;
  // `box.self = this`
  if (
    isAssignment(compiler, parent) &&
    parent.right === outer &&
    !compiler.isIdentifier(parent.left)
  )
    return true;
  if (!compiler.isCallExpression(parent) || parent.expression === outer) return false;
  const called = [parent.expression, ...parent.arguments].map((one) => unwrap(compiler, one));
  return (
    carriers.test(parent.expression.getText()) ||
    called.some((one) => compiler.isArrowFunction(one) || compiler.isFunctionExpression(one))
  );
}

const carriers = /^(?:Promise\.resolve|Array\.of)$|\.(?:push|unshift|add|set|fill)$/;

import type ts from "typescript";
import { unwrap } from "../../context/wrappers";

/**
 * `base` of `const context = { __proto__: base }` and of `Object.create(base)`, whose properties
 * the object has too.
 */
export function prototypeOf(
  compiler: typeof ts,
  declaration: ts.Declaration,
): ts.Expression | null {
  if (!compiler.isVariableDeclaration(declaration) || !declaration.initializer) return null;
  const value = unwrap(compiler, declaration.initializer);
  if (compiler.isCallExpression(value))
    return value.expression.getText() === "Object.create" ? (value.arguments[0] ?? null) : null;
  if (!compiler.isObjectLiteralExpression(value)) return null;
  const proto = value.properties.find(
    (one) => one.name?.getText().replaceAll(/["']/g, "") === "__proto__",
  );
  return proto && compiler.isPropertyAssignment(proto) ? proto.initializer : null;
}

/** The results of these have the object's properties. */
export const copies =
  /^(?:Object\.(?:assign|freeze|seal|create)|structuredClone|Reflect\.getPrototypeOf)$/;

/** Functions that take one property of an object. */
export const reflections = /^(?:Reflect\.get|(?:Object|Reflect)\.getOwnPropertyDescriptor)$/;

/** Returns `this` of `new Proxy(this, handler)`, which has the object's properties. */
export function proxied(compiler: typeof ts, value: ts.Expression): ts.Expression | null {
  const isProxy = compiler.isNewExpression(value) && value.expression.getText() === "Proxy";
  return isProxy ? (value.arguments?.[0] ?? null) : null;
}

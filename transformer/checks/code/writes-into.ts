import type ts from "typescript";
import { assignedValue, writeOf } from "./assignments";
import { isContextSetter, isContextWord } from "./context-setters";
import { wholePath } from "./object-paths";

/** Returns what is written into an object, at any depth. */
export function writeInto(
  compiler: typeof ts,
  object: ts.Expression,
): { readonly node: ts.Node; readonly value: ts.Expression } | null {
  const target = wholePath(compiler, object);
  const { parent } = target;
  if (compiler.isCallExpression(parent)) {
    const value =
      parent.expression === target ? valueOfSetter(compiler, target, parent) : copiedInto(parent);
    return value && (parent.expression === target || parent.arguments[0] === target)
      ? { node: parent, value }
      : null;
  }
  const write = target === object ? null : writeOf(compiler, target);
  const value = write && assignedValue(compiler, write);
  return write && value && { node: write, value };
}

/** The value in `Object.assign(target, value)` */
function copiedInto({ expression, arguments: [, value] }: ts.CallExpression): ts.Expression | null {
  return expression.getText() === "Object.assign" ? (value ?? null) : null;
}

/** The value in `….set("tenant", tenant)` and in `….setTenant(tenant)` */
function valueOfSetter(
  compiler: typeof ts,
  method: ts.Expression,
  { arguments: values }: ts.CallExpression,
): ts.Expression | null {
  if (!compiler.isPropertyAccessExpression(method)) return null;
  const isAsked = values.length === 0 || !compiler.isExpressionStatement(method.parent.parent);
  if (isContextSetter(method.name.text) || (isContextWord(method.name.text) && !isAsked))
    return values.at(-1) ?? null;
  const [name, value] = values;
  const isSet = method.name.text === "set" && name && compiler.isStringLiteralLike(name);
  return isSet ? (value ?? null) : null;
}

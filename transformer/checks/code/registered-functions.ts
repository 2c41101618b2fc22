import type ts from "typescript";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { assignmentsTo } from "./assignments";
import { callsOf, functionParameter } from "./function-calls";
import { changesInside } from "./object-writes";
import { resolveSymbol } from "./resolve-symbol";
import { functionAround, holderOfBinding } from "./syntax-ranges";
import { valueSymbol } from "./value-symbol";

/**
 * Returns the functions that the program gives to a variable of a module, or puts into a list or a
 * map of one, so that other code calls them: `setResolver(() => …)`, `resolvers.push(resolve)`.
 */
export function registeredFunctions(
  context: CheckContext,
  variable: ts.Symbol,
): readonly ts.Expression[] {
  const { ts } = context;
  const declaration = variable.valueDeclaration;
  if (!declaration) return [];
  const list = listBehind(ts, declaration);
  if (list) return valuesIn(context, list).flatMap((value) => givenBy(context, value));
  if (!ts.isVariableDeclaration(declaration) || functionAround(ts, declaration)) return [];
  return assignmentsTo(context, variable, declaration.getSourceFile()).flatMap(({ value }) =>
    value ? givenBy(context, value) : [],
  );
}

/**
 * `resolvers` of `for (const resolve of resolvers)`, `resolvers.map((resolve) => …)`,
 * `const resolve = resolvers[0]` and `const resolve = resolvers.get(name)`
 */
function listBehind(compiler: typeof ts, declaration: ts.Declaration): ts.Expression | null {
  if (compiler.isParameter(declaration)) {
    const call = declaration.parent.parent;
    return compiler.isCallExpression(call) && compiler.isPropertyAccessExpression(call.expression)
      ? call.expression.expression
      : null;
  }
  const holder = holderOfBinding(compiler, declaration);
  if (!compiler.isVariableDeclaration(holder)) return null;
  const loop = holder.parent.parent;
  if (compiler.isForOfStatement(loop)) return loop.expression;
  const value = holder.initializer && unwrap(compiler, holder.initializer);
  if (!value) return null;
  if (compiler.isElementAccessExpression(value)) return value.expression;
  return compiler.isCallExpression(value) &&
    compiler.isPropertyAccessExpression(value.expression) &&
    /^(?:get|at|find|findLast|pop|shift)$/.test(value.expression.name.text)
    ? value.expression.expression
    : null;
}

/** Returns what the program puts into a list or a map of a module. */
function valuesIn(context: CheckContext, list: ts.Expression): readonly ts.Expression[] {
  const { ts } = context;
  const name = unwrap(ts, list);
  const symbol = ts.isIdentifier(name) ? resolveSymbol(context, name) : undefined;
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration || !ts.isVariableDeclaration(declaration)) return [];
  if (functionAround(ts, declaration)) return [];
  const made = declaration.initializer && unwrap(ts, declaration.initializer);
  const first = made && ts.isArrayLiteralExpression(made) ? [...made.elements] : [];
  return [...first, ...changesInside(context, symbol, null).flatMap(({ value }) => value ?? [])];
}

/** A parameter of the function that registers is what its calls pass. */
function givenBy(context: CheckContext, value: ts.Expression): readonly ts.Expression[] {
  const { ts } = context;
  const name = unwrap(ts, value);
  const declaration = ts.isIdentifier(name) ? valueSymbol(context, name)?.valueDeclaration : null;
  const parameter = declaration ? functionParameter(context, declaration) : null;
  if (!parameter) return [value];
  return callsOf(context, parameter.owner).flatMap(
    ({ node }) => node.arguments[parameter.position] ?? [],
  );
}

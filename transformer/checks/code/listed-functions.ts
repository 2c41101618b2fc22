import type ts from "typescript";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { resolveSymbol } from "./resolve-symbol";

export type Access = ts.ElementAccessExpression | ts.PropertyAccessExpression;

/**
 * Returns the members that `handlers["tenant"]()` and `handlers[name]()` may call, if the type says
 * nothing about what the module has there.
 */
export function listedFunctions(context: CheckContext, callee: Access): readonly ts.Symbol[] {
  const { ts, checker } = context;
  const holder = unwrap(ts, callee.expression);
  if (!ts.isIdentifier(holder)) return [];
  if (
    ts.isPropertyAccessExpression(callee) &&
    checker.getSymbolAtLocation(callee.name)?.valueDeclaration
  )
    return [];
  const declaration = resolveSymbol(context, holder)?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return [];
  const listed = unwrap(ts, declaration.initializer);
  if (!ts.isObjectLiteralExpression(listed)) return [];
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee.argumentExpression;
  const known = ts.isIdentifier(name) && ts.isPropertyAccessExpression(callee) ? name.text : null;
  const wanted = known ?? (ts.isStringLiteralLike(name) ? name.text : null);
  return listed.properties.flatMap((property) => {
    const own = property.name && checker.getSymbolAtLocation(property.name);
    return own && (wanted === null || own.name === wanted) ? [own] : [];
  });
}

import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { type Body } from "./loader-reads";
import { unwrap } from "../../context/wrappers";

/**
 * The functions that run where something is read of `const db = new Proxy(target, { get() { … }
 * })`.
 */
export function trapsOf({ ts }: CheckContext, variable: ts.Symbol | null): readonly Body[] {
  const declaration = variable?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return [];
  const value = unwrap(ts, declaration.initializer);
  if (!ts.isNewExpression(value) || value.expression.getText() !== "Proxy") return [];
  const handler = value.arguments?.[1];
  if (!handler || !ts.isObjectLiteralExpression(handler)) return [];
  return handler.properties.flatMap((property): Body[] => {
    if (ts.isMethodDeclaration(property)) return [property];
    const trap = ts.isPropertyAssignment(property) ? unwrap(ts, property.initializer) : null;
    return trap && (ts.isArrowFunction(trap) || ts.isFunctionExpression(trap)) ? [trap] : [];
  });
}

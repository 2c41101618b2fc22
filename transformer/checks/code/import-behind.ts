import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { unwrap } from "../../context/wrappers";

/** Finds the import of the leftmost name of a chain: `Sentry` of `Sentry.getCurrentScope()`. */
export function importBehind(context: CheckContext, expression: ts.Expression): Import | null {
  const { ts } = context;
  let first = unwrap(ts, expression);
  while (ts.isPropertyAccessExpression(first) || ts.isCallExpression(first))
    first = unwrap(ts, first.expression);
  return ts.isIdentifier(first) ? importOf(context, first) : null;
}

interface Import {
  readonly from: string;
  /** The package's name for it; `*` for the module. */
  readonly name: string;
}

export function importOf({ ts, checker }: CheckContext, name: ts.Identifier): Import | null {
  const [declaration] = checker.getSymbolAtLocation(name)?.declarations ?? [];
  if (!declaration) return null;
  const clause = ts.findAncestor(declaration, (outer) => ts.isImportDeclaration(outer));
  if (!clause || !ts.isImportDeclaration(clause) || !ts.isStringLiteral(clause.moduleSpecifier))
    return null;
  const from = clause.moduleSpecifier.text;
  if (ts.isImportSpecifier(declaration))
    return { from, name: (declaration.propertyName ?? declaration.name).text };
  return { from, name: "*" };
}

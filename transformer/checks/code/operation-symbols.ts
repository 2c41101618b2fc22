import type ts from "typescript";
import { isFunctionInterface } from "../../context/operation-members";
import { type CheckContext } from "../../plan/check-context";
import { resolveSymbol } from "./resolve-symbol";

/** Recognises `f.refresh` if `refresh` is the member that zcache declares on every function. */
export function isOperation(
  { ts, checker }: CheckContext,
  access: ts.PropertyAccessExpression,
): boolean {
  const declarations = checker.getSymbolAtLocation(access.name)?.declarations ?? [];
  return declarations.some((declaration) => {
    const holder = ts.isSourceFile(declaration) ? declaration : declaration.parent;
    return (
      ts.isInterfaceDeclaration(holder) &&
      isFunctionInterface(holder.name.text) &&
      isZcache(holder.getSourceFile())
    );
  });
}

/** Whether the name refers to the function that zcache exports, whatever the file calls it. */
export function isInvalidateTag(context: CheckContext, node: ts.Node): boolean {
  return isZcacheFunction(context, node, "invalidateTag");
}

/** Whether the name refers to the function that zcache exports as `exported`. */
export function isZcacheFunction(context: CheckContext, node: ts.Node, exported: string): boolean {
  const { ts, checker } = context;
  const symbol = checker.getSymbolAtLocation(node);
  if (!symbol) return false;
  const [declaration] = resolveSymbol(context, node)?.declarations ?? [];
  if (declaration)
    return (
      ts.isFunctionDeclaration(declaration) &&
      declaration.name?.text === exported &&
      isZcache(declaration.getSourceFile())
    );
  // The package isn't installed, but the import still shows which function is meant.
  return (symbol.declarations ?? []).some(
    (one) =>
      ts.isImportSpecifier(one) &&
      (one.propertyName ?? one.name).text === exported &&
      one.parent.parent.parent.moduleSpecifier.getText().slice(1, -1) === "zcache",
  );
}

/**
 * Whether the file belongs to zcache, wherever the package is: it declares operations, or imports
 * such a file.
 */
function isZcache({ text }: ts.SourceFile): boolean {
  return (
    text.includes("CallableFunction") || /\bRedisBackend\b|\bTransactionalOptions\b/.test(text)
  );
}

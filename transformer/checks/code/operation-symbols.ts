import type ts from "typescript";
import { isFunctionInterface } from "../../context/operation-members";
import { type CheckContext } from "../../plan/check-context";

/** What a name stands for, past imports and re-exports. */
export function resolveSymbol(
  { ts, checker }: Pick<CheckContext, "ts" | "checker">,
  node: ts.Node,
): ts.Symbol | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** `f.refresh` where `refresh` is the member that zcache declares on every function. */
export function isOperation({ ts, checker }: CheckContext, access: ts.PropertyAccessExpression): boolean {
  const declarations = checker.getSymbolAtLocation(access.name)?.declarations ?? [];
  return declarations.some((declaration) => {
    const holder = ts.isSourceFile(declaration) ? declaration : declaration.parent;
    return (
      ts.isInterfaceDeclaration(holder) && isFunctionInterface(holder.name.text) && isZcache(holder.getSourceFile())
    );
  });
}

/** The name of the function that zcache exports, whatever the file calls it. */
export function isInvalidateTag(context: CheckContext, node: ts.Node): boolean {
  return isZcacheFunction(context, node, "invalidateTag");
}

/** Does the name stand for the function that zcache exports as `exported`? */
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
  // The package isn't installed: the import still says which function is meant.
  return (symbol.declarations ?? []).some(
    (one) =>
      ts.isImportSpecifier(one) &&
      (one.propertyName ?? one.name).text === exported &&
      one.parent.parent.parent.moduleSpecifier.getText().slice(1, -1) === "zcache",
  );
}

/** Wherever the package lies: a file of it that declares operations, or imports those. */
function isZcache({ text }: ts.SourceFile): boolean {
  return text.includes("CallableFunction") || /\bRedisBackend\b|\bTransactionalOptions\b/.test(text);
}

import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";

type Resolving = Pick<CheckContext, "ts" | "checker">;

/** Returns the symbol that a name refers to, through imports and re-exports. */
export function resolveSymbol(context: Resolving, node: ts.Node): ts.Symbol | undefined {
  const symbol = context.checker.getSymbolAtLocation(node);
  return symbol && resolveAlias(context, symbol);
}

/** Returns what an import or a re-export refers to. Any other symbol is returned as it is. */
export function resolveAlias({ ts, checker }: Resolving, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { type CheckContext } from "../../plan/check-context";

const knownSymbols = oncePerProgram(() => new WeakMap<ts.Identifier, ts.Symbol | null>());

/**
 * Returns the declaration that a name refers to. The result is kept, because the compiler searches
 * all scopes each time, and the checks often ask for the same name.
 */
export function valueSymbol(context: CheckContext, node: ts.Identifier): ts.Symbol | undefined {
  const { ts, checker } = context;
  const symbols = knownSymbols(context);
  let symbol = symbols.get(node);
  if (symbol === undefined) {
    symbol =
      (ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node)) ?? null;
    symbols.set(node, symbol);
  }
  return symbol ?? undefined;
}

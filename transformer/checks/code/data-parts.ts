import type ts from "typescript";
import { someNode } from "../../context/walk-tree";
import { type CheckContext } from "../../plan/check-context";
import { isPrimitive } from "../types/value-types";
import { isType, isValue } from "./name-roles";
import { isWithin } from "./syntax-ranges";
import { isTuning } from "./tuning";
import { valueSymbol } from "./value-symbol";
import { variableOf } from "./variation";

/**
 * Whether a text or a number that varies is a part of the expression, so that a client that is made
 * of it varies too: `axios.create({ baseURL })`, `db.forTenant(req.tenant)`, `() => user`.
 */
export function isMadeOfData(
  context: CheckContext,
  expression: ts.Expression,
  varies: (part: ts.Expression) => boolean,
  seen: ReadonlySet<ts.Symbol> = new Set(),
): boolean {
  const { ts, checker } = context;
  return someNode(ts, expression, (node) => {
    if (isType(ts, node)) return "skip";
    const isPath = ts.isPropertyAccessExpression(node);
    if (!isPath && !(ts.isIdentifier(node) && isValue(ts, node))) return false;
    const symbol = isPath ? undefined : valueSymbol(context, node);
    const declaration = symbol?.valueDeclaration;
    // What a function inside is given by its own callers doesn't count.
    if (declaration && isWithin(declaration, expression)) return false;
    const type = checker.getTypeAtLocation(node);
    const isFlag = (type.flags & ts.TypeFlags.BooleanLike) !== 0;
    if (isPrimitive(context, type)) return !isFlag && !isTuning(node.getText()) && varies(node);
    if (!symbol || seen.has(symbol)) return false;
    const { kind, values } = variableOf(context, symbol);
    const inner = new Set([...seen, symbol]);
    return (
      kind === "derived" && values.some((value) => isMadeOfData(context, value, varies, inner))
    );
  });
}

import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { type Read } from "./reachable-code";
import { changesInside } from "./object-writes";
import { type Assignment } from "./assignments";
import { isPlainData } from "./receiver-reads";
import { isWithin } from "./syntax-ranges";
import { sourcesOf } from "./variation";

/**
 * Recognises `users.get(id)`: what a store has under a name that the caller gives is what is
 * cached.
 */
export function isLookedUp({ ts }: CheckContext, { node, origin, invocation }: Read): boolean {
  const { parent } = node;
  const last = origin.steps.at(-1);
  if (!last || !ts.isCallExpression(parent) || parent.expression !== node) return false;
  const isAsking = /^(?:get|has|at|includes|indexOf)$/.test(last.name);
  return (
    !isAsking ||
    parent.arguments.some(
      (one) => !ts.isLiteralExpression(one) && !invocation.fixed?.has(one.getText()),
    )
  );
}

function isData(context: CheckContext, { value }: Assignment): boolean {
  return value !== null && isPlainData(context, context.checker.getTypeAtLocation(value));
}

/** `tenants.get(this)`: a field of the object, which is kept in a map of the module. */
export function isKeptForReceiver(
  context: CheckContext,
  map: ts.Symbol,
  { node, origin: { steps } }: Read,
  loader: ts.Node,
): boolean {
  const { ts } = context;
  const isOfThis = ({ parent }: ts.Node): boolean =>
    ts.isCallExpression(parent) && parent.arguments[0]?.kind === ts.SyntaxKind.ThisKeyword;
  if (steps.length !== 1 || steps[0]?.name !== "get" || !isOfThis(node)) return false;
  return changesInside(context, map, null).some((change) => {
    if (!ts.isCallExpression(change.node) || isWithin(change.node, loader)) return false;
    // `tenants.set(accounts, tenant)`, of an object and a value that a function is given
    const [object] = change.node.arguments;
    const isGiven = [object, change.value].every((one) => one && sourcesOf(context, one).size > 0);
    return isOfThis(change.node.expression) || (isGiven && isData(context, change));
  });
}

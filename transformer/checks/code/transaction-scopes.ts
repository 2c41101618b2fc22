import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { type CheckContext } from "../../plan/check-context";
import { callsOf } from "./function-calls";
import { isZcacheFunction } from "./operation-symbols";
import { type TransactionCall } from "./transaction-calls";
import { functionAround } from "./syntax-ranges";

/**
 * Whether the transaction's invalidations wait for its commit, because a scope is around it or the
 * program has set up the library's adapter.
 */
export function hasScope(context: CheckContext, { call, adapter }: TransactionCall): boolean {
  if (hasAdapter(context, adapter) || isInTransactional(context, call)) return true;
  const around = functionAround(context.ts, call);
  const calls = around ? callsOf(context, around) : [];
  return calls.length > 0 && calls.every(({ node }) => isInTransactional(context, node));
}

/** `transactional(() => db.transaction(…))` */
export function isInTransactional(context: CheckContext, node: ts.Node): boolean {
  const { ts } = context;
  const scope = ts.findAncestor(node.parent, (outer) => {
    if (!ts.isCallExpression(outer) || outer.expression.end > node.pos) return false;
    const { expression } = outer;
    const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    return ts.isIdentifier(name) && isZcacheFunction(context, name, "transactional");
  });
  return scope !== undefined;
}

const known = oncePerProgram(() => new Map<string, boolean>());

/**
 * Whether the program has the adapter. A client that was set up is often passed on with its
 * library's own type, so one import counts for the whole program.
 */
function hasAdapter(context: CheckContext, adapter: string): boolean {
  const ofProgram = known(context);
  const before = ofProgram.get(adapter);
  if (before !== undefined) return before;
  const specifier = new RegExp(`["']zcache/${adapter}["']`);
  const found = context.program
    .getSourceFiles()
    .some(({ isDeclarationFile, text }) => !isDeclarationFile && specifier.test(text));
  ofProgram.set(adapter, found);
  return found;
}

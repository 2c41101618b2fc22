import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { valueSymbol } from "./value-symbol";

/**
 * Whether a store is read in a statement that only removes something from it, such as `if
 * (memo.size > limit) memo.clear()`. That is a matter of memory, and has no effect on what the
 * loader returns.
 */
export function isTidying(context: CheckContext, store: ts.Symbol, read: ts.Node): boolean {
  const { ts } = context;
  const outer = ts.findAncestor(read, (node) => {
    if (ts.isFunctionLike(node)) return "quit";
    return (
      (ts.isIfStatement(node) || ts.isWhileStatement(node)) && onlyRemoves(context, store, node)
    );
  });
  return outer !== undefined;
}

function onlyRemoves(context: CheckContext, store: ts.Symbol, statement: ts.Statement): boolean {
  const { ts } = context;
  const isRemoval = (one: ts.Statement): boolean => onlyRemoves(context, store, one);
  if (ts.isBlock(statement))
    return statement.statements.length > 0 && statement.statements.every(isRemoval);
  if (ts.isVariableStatement(statement) || ts.isBreakStatement(statement)) return true;
  if (ts.isWhileStatement(statement)) return isRemoval(statement.statement);
  if (ts.isIfStatement(statement))
    return (
      isRemoval(statement.thenStatement) &&
      (!statement.elseStatement || isRemoval(statement.elseStatement))
    );
  const call = ts.isExpressionStatement(statement) ? statement.expression : null;
  if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression))
    return false;
  const { expression: holder, name } = call.expression;
  return (
    /^(?:delete|clear|shift)$/.test(name.text) &&
    ts.isIdentifier(holder) &&
    valueSymbol(context, holder) === store
  );
}

import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { visitNames } from "../../context/word-places";

/**
 * Returns the values assigned to a variable within `scope`, with null for `+=`, `++` and the like.
 */
export function writesTo(
  context: CheckContext,
  symbol: ts.Symbol,
  scope: ts.Node,
): (ts.Expression | null)[] {
  return assignmentsTo(context, symbol, scope).map(({ value }) => value);
}

export interface Assignment {
  readonly node: ts.Node;
  /** The value is null if it is made of the previous value. */
  readonly value: ts.Expression | null;
}

const knownAssignments = new WeakMap<ts.Symbol, Map<ts.Node, readonly Assignment[]>>();

/**
 * Returns what is assigned to a variable within `scope`. It is found once, because each read of the
 * variable asks.
 */
export function assignmentsTo(
  context: CheckContext,
  symbol: ts.Symbol,
  scope: ts.Node,
): readonly Assignment[] {
  const ofSymbol = knownAssignments.get(symbol) ?? new Map<ts.Node, readonly Assignment[]>();
  knownAssignments.set(symbol, ofSymbol);
  const found = ofSymbol.get(scope) ?? findAssignments(context, symbol, scope);
  ofSymbol.set(scope, found);
  return found;
}

function findAssignments(
  { ts, checker }: CheckContext,
  symbol: ts.Symbol,
  scope: ts.Node,
): Assignment[] {
  const found: Assignment[] = [];
  visitNames(ts, scope, new Set([symbol.name]), (name) => {
    const write = writeOf(ts, name);
    if (write && checker.getSymbolAtLocation(name) === symbol)
      found.push({ node: write, value: assignedValue(ts, write) });
  });
  return found;
}

/**
 * Returns the value of `x = value` and `x ??= value`, or null for operations on the previous value.
 */
export function assignedValue(compiler: typeof ts, write: ts.Node): ts.Expression | null {
  const { EqualsToken, QuestionQuestionEqualsToken, BarBarEqualsToken } = compiler.SyntaxKind;
  const plain: readonly ts.SyntaxKind[] = [
    EqualsToken,
    QuestionQuestionEqualsToken,
    BarBarEqualsToken,
  ];
  return compiler.isBinaryExpression(write) && plain.includes(write.operatorToken.kind)
    ? write.right
    : null;
}

/** Returns the assignment, `++` or `--` that the expression is the target of. */
export function writeOf(
  compiler: typeof ts,
  node: ts.Expression,
): ts.BinaryExpression | ts.PrefixUnaryExpression | ts.PostfixUnaryExpression | null {
  let target: ts.Node = node;
  while (
    compiler.isParenthesizedExpression(target.parent) ||
    compiler.isNonNullExpression(target.parent)
  )
    target = target.parent;
  const { parent } = target;
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = compiler.SyntaxKind;
  if (compiler.isBinaryExpression(parent) && parent.left === target) {
    return parent.operatorToken.kind >= FirstAssignment &&
      parent.operatorToken.kind <= LastAssignment
      ? parent
      : null;
  }
  if (!compiler.isPrefixUnaryExpression(parent) && !compiler.isPostfixUnaryExpression(parent))
    return null;
  return parent.operator === PlusPlusToken || parent.operator === MinusMinusToken ? parent : null;
}

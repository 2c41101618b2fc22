import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { visitNames } from "../../context/word-places";
import { isWrapper } from "../../context/wrappers";
import { valueSymbol } from "./value-symbol";

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

function findAssignments(context: CheckContext, symbol: ts.Symbol, scope: ts.Node): Assignment[] {
  const { ts } = context;
  const found: Assignment[] = [];
  visitNames(ts, scope, new Set([symbol.name]), (name) => {
    const write = writeOf(ts, name);
    if (write && valueSymbol(context, name) === symbol)
      found.push({ node: write, value: assignedValue(ts, write) });
  });
  return found;
}

/**
 * Returns the value of `x = value` and `x ??= value`, the whole of which a pattern takes a part, or
 * null for operations on the previous value.
 */
export function assignedValue(compiler: typeof ts, write: ts.Node): ts.Expression | null {
  const { EqualsToken, QuestionQuestionEqualsToken, BarBarEqualsToken } = compiler.SyntaxKind;
  const plain: readonly ts.SyntaxKind[] = [
    EqualsToken,
    QuestionQuestionEqualsToken,
    BarBarEqualsToken,
  ];
  if (compiler.isForOfStatement(write)) return write.expression;
  return compiler.isBinaryExpression(write) && plain.includes(write.operatorToken.kind)
    ? write.right
    : null;
}

/** A place where a value is written. `for (tenant of tenants)` writes in each iteration. */
export type WriteNode =
  ts.BinaryExpression | ts.PrefixUnaryExpression | ts.PostfixUnaryExpression | ts.ForOfStatement;

/**
 * Returns the assignment, `++` or `--` that the expression is the target of, also within a pattern:
 * `tenant` of `({ tenant } = options)` and of `[tenant] = parts`.
 */
export function writeOf(compiler: typeof ts, node: ts.Expression): WriteNode | null {
  const target = patternAround(compiler, withWrappers(compiler, node));
  const { parent } = target;
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = compiler.SyntaxKind;
  if (compiler.isForOfStatement(parent)) return parent.initializer === target ? parent : null;
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

function withWrappers(compiler: typeof ts, node: ts.Node): ts.Node {
  let outer = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  return outer;
}

/** Returns the whole literal of which the node is a part by its place, if there is one. */
function patternAround(compiler: typeof ts, node: ts.Node): ts.Node {
  let outer = node;
  for (let { parent } = outer; ; { parent } = outer) {
    const isPart =
      compiler.isArrayLiteralExpression(parent) ||
      compiler.isObjectLiteralExpression(parent) ||
      compiler.isSpreadElement(parent) ||
      compiler.isSpreadAssignment(parent) ||
      (compiler.isShorthandPropertyAssignment(parent) && parent.name === outer) ||
      (compiler.isPropertyAssignment(parent) && parent.initializer === outer);
    if (!isPart) return outer;
    outer = parent;
  }
}

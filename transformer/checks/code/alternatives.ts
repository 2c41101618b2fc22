import type ts from "typescript";
import { someNode } from "../../context/walk-tree";
import { type CheckContext } from "../../plan/check-context";
import { isProvidedOnce } from "./provided-values";
import { isPlainData } from "./receiver-reads";
import { valueSymbol } from "./value-symbol";

/**
 * Whether the program has only one of them: `isLive ? createStripe() : createSandbox()`, or
 * branches of one `if` or `switch`.
 */
export function areAlternatives(compiler: typeof ts, one: ts.Node, other: ts.Node): boolean {
  for (let branch = one; branch.parent; branch = branch.parent) {
    const { parent } = branch;
    const isChoice =
      compiler.isConditionalExpression(parent) ||
      compiler.isIfStatement(parent) ||
      compiler.isCaseBlock(parent);
    const isOther = isChoice && isInside(other, parent) && !isInside(other, branch);
    if (isOther) return true;
    // This is `if (isLive) return createStripe();`, with the other one below it.
    if (compiler.isIfStatement(branch) && isInside(other, parent) && !isInside(other, branch))
      return true;
  }
  return other.pos < one.pos && one.getSourceFile() === other.getSourceFile()
    ? isBehindIf(compiler, other, one)
    : false;
}

function isBehindIf(compiler: typeof ts, first: ts.Node, second: ts.Node): boolean {
  const statement = compiler.findAncestor(first, (outer) => compiler.isIfStatement(outer));
  return (
    statement !== undefined && !isInside(second, statement) && isInside(second, statement.parent)
  );
}

function isInside(node: ts.Node, outer: ts.Node): boolean {
  return (
    node.getSourceFile() === outer.getSourceFile() && node.pos >= outer.pos && node.end <= outer.end
  );
}

/**
 * Whether an object gives its field one of two values by what all its class's objects have, such as
 * the connection of the program: `switch (this.connection.type) { case "mysql": this.strategy = new
 * Mysql(); … }`.
 */
export function isOwnChoice(
  context: CheckContext,
  one: ts.Expression,
  other: ts.Expression,
): boolean {
  const { ts } = context;
  const isByThis = ({ parent }: ts.Node): boolean =>
    ts.isBinaryExpression(parent) &&
    ts.isPropertyAccessExpression(parent.left) &&
    parent.left.expression.kind === ts.SyntaxKind.ThisKeyword;
  if (!isByThis(one) || !isByThis(other) || !areAlternatives(ts, one, other)) return false;
  return [...conditionsOf(ts, one), ...conditionsOf(ts, other)].every(
    (condition) => !readsData(context, condition),
  );
}

/** Returns what decides whether the node runs, within its function. */
function* conditionsOf(compiler: typeof ts, node: ts.Node): Iterable<ts.Expression> {
  for (let outer = node.parent; outer && !compiler.isFunctionLike(outer); outer = outer.parent) {
    if (compiler.isIfStatement(outer) || compiler.isSwitchStatement(outer)) yield outer.expression;
    if (compiler.isConditionalExpression(outer)) yield outer.condition;
  }
}

/**
 * Whether it reads a field or a parameter that is data, which each object may have been given its
 * own of.
 */
function readsData(context: CheckContext, condition: ts.Expression): boolean {
  const { ts, checker } = context;
  return someNode(ts, condition, (node) => {
    const isField =
      ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;
    const symbol = isField
      ? checker.getSymbolAtLocation(node.name)
      : ts.isIdentifier(node)
        ? valueSymbol(context, node)
        : undefined;
    const declaration = symbol?.valueDeclaration;
    const isGiven =
      declaration &&
      (isField || ts.isParameter(declaration) || ts.isVariableDeclaration(declaration));
    if (!isGiven || isProvidedOnce(context, declaration)) return false;
    return isPlainData(context, checker.getTypeAtLocation(node));
  });
}

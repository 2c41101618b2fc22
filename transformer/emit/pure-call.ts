import type ts from "typescript";
import { type FileContext } from "../context/file-context";

export const pureText = " @__PURE__ ";

/**
 * The comment by which bundlers and minifiers know that a call has no side effects, so that they
 * may leave it out if nobody uses its result.
 */
export const pureMark = `/*${pureText}*/ `;

/**
 * Marks the call that the pieces write. If the node is itself called, or read from, the comment
 * would apply to that call or its result, which may have side effects. Then it is left out.
 */
export function pure<Piece>(
  { ts }: FileContext,
  node: ts.Node,
  pieces: readonly (string | Piece)[],
): readonly (string | Piece)[] {
  let outer = node;
  while (
    ts.isParenthesizedExpression(outer.parent) ||
    ts.isAsExpression(outer.parent) ||
    ts.isSatisfiesExpression(outer.parent) ||
    ts.isNonNullExpression(outer.parent) ||
    ts.isTypeAssertionExpression(outer.parent)
  )
    outer = outer.parent;
  const { parent } = outer;
  const isUsedAtOnce =
    (ts.isCallExpression(parent) ||
      ts.isNewExpression(parent) ||
      ts.isPropertyAccessExpression(parent) ||
      ts.isElementAccessExpression(parent)) &&
    parent.expression === outer;
  return isUsedAtOnce || ts.isTaggedTemplateExpression(parent) ? pieces : [pureMark, ...pieces];
}

import type ts from "typescript";
import { type PlannedTarget } from "../../plan/analyze-file";
import { type TemplatePlan } from "../../plan/create-plan";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { placeholderType } from "../types/placeholder-type";
import { anyText, type OpenPart, roughPattern, type TextPattern } from "./text-pattern";

/** A number, a bigint or a boolean as text: it has no separator, and is never empty. */
const scalar: OpenPart = { first: /[\p{L}\p{N}-]/u, further: /[\p{L}\p{N}.+-]/u, optional: false };

/** Returns the tags that a directive's template can produce. Strings appear in them as they are. */
export function patternOfTag(
  context: CheckContext,
  planned: PlannedTarget,
  { texts, expressions }: TemplatePlan,
): TextPattern {
  return texts.flatMap((text, i) => {
    const expression = expressions[i - 1];
    if (expression === undefined) return [text];
    const type = placeholderType(context, planned, expression);
    return [type && isScalar(context, type) ? scalar : anyText, text];
  });
}

function isScalar({ ts }: CheckContext, type: ts.Type): boolean {
  const { NumberLike, BigIntLike, BooleanLike, Undefined, Null } = ts.TypeFlags;
  const parts = type.isUnion() ? type.types : [type];
  return parts.every(
    (part) =>
      (part.flags & (NumberLike | BigIntLike | BooleanLike | Undefined | Null)) !== 0 &&
      !(part.flags & ts.TypeFlags.StringLike),
  );
}

/**
 * Returns the texts that an argument of `invalidateTag` can be: a literal, a template, a sum of
 * them, a constant, or the text of a literal type.
 * There are several if its type is a union.
 */
export function patternsOfArgument(
  context: CheckContext,
  argument: ts.Expression,
  depth = 0,
): TextPattern[] {
  const { ts, checker } = context;
  // A constant may be made of itself, in a program with that error.
  if (depth > maxDepth) return [[anyText]];
  const patternsOf = (part: ts.Expression): TextPattern[] =>
    patternsOfArgument(context, part, depth + 1);
  const node = unwrap(ts, argument);
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return [[node.text]];
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ expression, literal }) =>
      patternsOf(expression).map((pattern) => [...pattern, literal.text]),
    );
    return spans.reduce((before, pieces) => product(before, pieces), [
      [node.head.text],
    ] as TextPattern[]);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return product(patternsOf(node.left), patternsOf(node.right));
  }
  if (ts.isConditionalExpression(node))
    return [...patternsOf(node.whenTrue), ...patternsOf(node.whenFalse)];
  return (
    constantPatterns(context, node, depth) ??
    patternsOfType(context, checker.getTypeAtLocation(node))
  );
}

/**
 * Returns the text of an argument as written: a literal, or a template with anything in its holes.
 */
export function roughPatternOfArgument({ ts }: CheckContext, argument: ts.Expression): TextPattern {
  const node = unwrap(ts, argument);
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return [anyText];
  return roughPattern([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]);
}

/** The largest number of texts that are distinguished. If there are more, any text is assumed. */
const maxPatterns = 50;
const maxDepth = 100;

function product(heads: readonly TextPattern[], tails: readonly TextPattern[]): TextPattern[] {
  if (heads.length * tails.length > maxPatterns) return [[anyText]];
  return heads.flatMap((head) => tails.map((tail) => [...head, ...tail]));
}

/** Returns the patterns of a constant's value: `const userTag = "user:" + id`. */
function constantPatterns(
  context: CheckContext,
  node: ts.Expression,
  depth: number,
): TextPattern[] | null {
  const { ts, checker } = context;
  const declaration = ts.isIdentifier(node)
    ? checker.getSymbolAtLocation(node)?.valueDeclaration
    : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer)
    return null;
  if (!(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const)) return null;
  const value = unwrap(ts, declaration.initializer);
  return ts.isTemplateExpression(value) ||
    ts.isBinaryExpression(value) ||
    ts.isConditionalExpression(value)
    ? patternsOfArgument(context, value, depth + 1)
    : null;
}

function patternsOfType(context: CheckContext, type: ts.Type): TextPattern[] {
  const { ts } = context;
  if (type.isUnion() && type.types.length <= maxPatterns && !isScalar(context, type))
    return type.types.flatMap((part) => patternsOfType(context, part));
  if (type.isStringLiteral() || type.isNumberLiteral()) return [[String(type.value)]];
  if (type.flags & ts.TypeFlags.TemplateLiteral) {
    const { texts, types } = type as ts.TemplateLiteralType;
    return types.reduce(
      (before, inner, i) =>
        product(product(before, patternsOfType(context, inner)), [[texts[i + 1] ?? ""]]),
      [[texts[0] ?? ""]] as TextPattern[],
    );
  }
  return [[isScalar(context, type) ? scalar : anyText]];
}

/** Whether nothing is known about the text. */
export function isOpen(pattern: TextPattern): boolean {
  return !pattern.some((part) => typeof part === "string" && part !== "");
}

/** `user:{…}` */
export function shapeOf(pattern: TextPattern): string {
  return pattern.map((part) => (typeof part === "string" ? part : "{…}")).join("");
}

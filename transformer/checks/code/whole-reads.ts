import type ts from "typescript";
import { isWrapper } from "../../context/wrappers";
import { copies } from "./object-copies";

/** The results of these contain all of an object's fields. */
const takers =
  /^(?:JSON\.stringify|Object\.(?:values|entries|getOwnPropertyDescriptors)|(?:util\.)?(?:inspect|format)|(?:v8\.)?serialize)$/;

/**
 * Whether `this` is given to one of those, by itself or as a part: `JSON.stringify({ ...this })`.
 */
export function isTakenWhole(compiler: typeof ts, node: ts.Node): boolean {
  let outer = node;
  for (let { parent } = outer; ; { parent } = outer) {
    const isPart =
      isWrapper(compiler, parent) ||
      compiler.isSpreadAssignment(parent) ||
      compiler.isSpreadElement(parent) ||
      compiler.isObjectLiteralExpression(parent) ||
      compiler.isArrayLiteralExpression(parent) ||
      (compiler.isPropertyAssignment(parent) && parent.initializer === outer);
    const isCopied =
      compiler.isCallExpression(parent) &&
      parent.expression !== outer &&
      copies.test(parent.expression.getText());
    if (!isPart && !isCopied)
      return (
        compiler.isCallExpression(parent) &&
        parent.expression !== outer &&
        takers.test(parent.expression.getText())
      );
    outer = parent;
  }
}

/** `String(this)`, `${this}`, `this + ""`, `+this`, `this < 5` */
export function isTakenAsText(compiler: typeof ts, { parent }: ts.Node): boolean {
  if (compiler.isCallExpression(parent))
    return /^(?:String|Number|BigInt)$/.test(parent.expression.getText());
  if (compiler.isBinaryExpression(parent))
    return calculations(compiler).has(parent.operatorToken.kind);
  if (compiler.isPrefixUnaryExpression(parent))
    return parent.operator !== compiler.SyntaxKind.ExclamationToken;
  return compiler.isTemplateSpan(parent);
}

/** `[...this]`, `for (const row of this)`, `yield* this`, `new Set(this)`, `Array.from(this)` */
export function isIterated(compiler: typeof ts, node: ts.Node): boolean {
  const { parent } = node;
  if (compiler.isForOfStatement(parent)) return parent.expression === node;
  if (compiler.isYieldExpression(parent)) return parent.asteriskToken !== undefined;
  if (compiler.isNewExpression(parent) || compiler.isCallExpression(parent))
    return iterating.test(parent.expression.getText()) && parent.arguments?.[0] === node;
  return compiler.isSpreadElement(parent);
}

const iterating = /^(?:Set|Map|Array\.from(?:Async)?|Object\.fromEntries|Promise\.all\w*)$/;

/** The operators that make a text or a number of what they are given. */
function calculations({ SyntaxKind }: typeof ts): ReadonlySet<ts.SyntaxKind> {
  return new Set([
    SyntaxKind.PlusToken,
    SyntaxKind.MinusToken,
    SyntaxKind.AsteriskToken,
    SyntaxKind.SlashToken,
    SyntaxKind.PercentToken,
    SyntaxKind.LessThanToken,
    SyntaxKind.GreaterThanToken,
    SyntaxKind.LessThanEqualsToken,
    SyntaxKind.GreaterThanEqualsToken,
  ]);
}

import type ts from "typescript";
import { holdsPlace, placesOf } from "../word-places";
import { type CheckContext } from "./check";

/** A function whose body is looked at: a loader, or what it calls. */
export type Body = ts.SignatureDeclaration & { readonly body?: ts.Node | undefined };

/** `this.tenant`, or `tenant` in `const { tenant } = this`. */
export interface MemberRead {
  /** The name's node, to ask the checker with. */
  readonly name: ts.MemberName;
  readonly node: ts.Node;
}

const knownMembers = new WeakMap<ts.Node, readonly MemberRead[]>();

/**
 * The members of `this` that a body reads, functions within it included. What is only written does not count, nor what is
 * only logged, counted or thrown: that is in no entry.
 */
export function membersReadBy({ ts }: CheckContext, body: Body): readonly MemberRead[] {
  const before = knownMembers.get(body);
  if (before) return before;
  const members: MemberRead[] = [];
  const places = placesOf(body.getSourceFile().text, ["this", "super"], body);
  const visit = (node: ts.Node): void => {
    if (!holdsPlace(places, node) || isType(ts, node)) return;
    members.push(...membersReadAt(ts, node));
    const hasOwnThis =
      ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isClassLike(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isAccessor(node);
    if (!hasOwnThis) ts.forEachChild(node, visit);
  };
  partsOf(body).forEach(visit);
  knownMembers.set(body, members);
  return members;
}

const knownNames = new WeakMap<ts.Node, readonly ts.Identifier[]>();

/** All names that a body reads, in the same sense. */
export function namesReadBy({ ts }: CheckContext, body: Body): readonly ts.Identifier[] {
  const before = knownNames.get(body);
  if (before) return before;
  const names: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (isType(ts, node)) return;
    if (ts.isIdentifier(node) && isValue(ts, node) && isRead(ts, node)) names.push(node);
    ts.forEachChild(node, visit);
  };
  partsOf(body).forEach(visit);
  knownNames.set(body, names);
  return names;
}

function partsOf({ parameters, body }: Body): readonly ts.Node[] {
  return body ? [...parameters, body] : parameters;
}

function isType(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.isTypeNode(node) && !compiler.isExpressionWithTypeArguments(node);
}

function membersReadAt(compiler: typeof ts, node: ts.Node): MemberRead[] {
  const { ThisKeyword, SuperKeyword } = compiler.SyntaxKind;
  if (
    compiler.isPropertyAccessExpression(node) &&
    (node.expression.kind === ThisKeyword || node.expression.kind === SuperKeyword)
  ) {
    return isRead(compiler, node) ? [{ name: node.name, node }] : [];
  }
  const isFromThis = compiler.isVariableDeclaration(node) && node.initializer?.kind === ThisKeyword;
  if (!isFromThis || !compiler.isObjectBindingPattern(node.name)) return [];
  return node.name.elements.flatMap((element) => {
    const name = element.propertyName ?? element.name;
    return compiler.isIdentifier(name) && !element.dotDotDotToken ? [{ name, node: element }] : [];
  });
}

/** A name that stands for a value: not that of a declaration, nor one behind a dot or before a colon. */
function isValue(compiler: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  if (compiler.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (compiler.isShorthandPropertyAssignment(parent)) return true;
  const { name, propertyName, label } = parent as { name?: ts.Node; propertyName?: ts.Node; label?: ts.Node };
  return name !== node && propertyName !== node && label !== node;
}

/** `x = 1` and the statement `x++` do not read; `return x++` does. */
function isRead(compiler: typeof ts, node: ts.Expression): boolean {
  const write = writeOf(compiler, node);
  if (write)
    return (
      !isStatement(compiler, write) &&
      !(compiler.isBinaryExpression(write) && write.operatorToken.kind === compiler.SyntaxKind.EqualsToken)
    );
  return !isObserved(compiler, node);
}

/** The assignment, `++` or `--` that the expression is the target of. */
export function writeOf(
  compiler: typeof ts,
  node: ts.Expression,
): ts.BinaryExpression | ts.PrefixUnaryExpression | ts.PostfixUnaryExpression | null {
  let target: ts.Node = node;
  while (compiler.isParenthesizedExpression(target.parent) || compiler.isNonNullExpression(target.parent))
    target = target.parent;
  const { parent } = target;
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = compiler.SyntaxKind;
  if (compiler.isBinaryExpression(parent) && parent.left === target) {
    return parent.operatorToken.kind >= FirstAssignment && parent.operatorToken.kind <= LastAssignment ? parent : null;
  }
  if (!compiler.isPrefixUnaryExpression(parent) && !compiler.isPostfixUnaryExpression(parent)) return null;
  return parent.operator === PlusPlusToken || parent.operator === MinusMinusToken ? parent : null;
}

function isStatement(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.isExpressionStatement(node.parent);
}

const observer =
  /^(?:console|log|logs|logger|logging|metrics?|stats|statsd|histogram|counter|gauge|telemetry|tracer?|span|debug|performance|assert)$|(?:Logger|Log|Metrics?|Tracer|Span|Telemetry)$/;

/** Inside `throw …`, or inside a statement such as `this.logger.debug(…)` or `metrics.increment(…)`. */
function isObserved(compiler: typeof ts, node: ts.Node): boolean {
  let inner: ts.Node = node;
  while (!compiler.isStatement(inner) && inner.parent) inner = inner.parent;
  return compiler.isThrowStatement(inner) || isObservation(compiler, inner);
}

/** `this.logger.debug(…);`: nothing comes of it that a caller could tell. */
export function isObservation(compiler: typeof ts, statement: ts.Node): boolean {
  if (!compiler.isExpressionStatement(statement)) return false;
  const call = awaited(compiler, statement.expression);
  return compiler.isCallExpression(call) && calleeNames(compiler, call.expression).some((name) => observer.test(name));
}

/** `load()` of `await load()`, `void load()` */
export function awaited(compiler: typeof ts, expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (
    compiler.isAwaitExpression(inner) ||
    compiler.isVoidExpression(inner) ||
    compiler.isParenthesizedExpression(inner)
  )
    inner = inner.expression;
  return inner;
}

/** `this`, `logger`, `child`, `info` of `this.logger.child(…).info` */
function calleeNames(compiler: typeof ts, callee: ts.Expression): string[] {
  if (compiler.isIdentifier(callee)) return [callee.text];
  if (compiler.isPropertyAccessExpression(callee))
    return [...calleeNames(compiler, callee.expression), callee.name.text];
  if (compiler.isCallExpression(callee) || compiler.isNonNullExpression(callee))
    return calleeNames(compiler, callee.expression);
  return [];
}

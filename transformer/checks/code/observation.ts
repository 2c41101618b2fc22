import type ts from "typescript";
import { isWrapper } from "../../context/wrappers";
import { someNode } from "../../context/walk-tree";
import { isType, isValue } from "./name-roles";
import { writeOf } from "./assignments";

const observer =
  /^(?:console|log|logs|logger|logging|metrics?|stats|statsd|histogram|counter|gauge|telemetry|tracer?|span|debug|performance|assert)$|(?:Logger|Log|Metrics?|Tracer|Span|Telemetry)$/;

/**
 * Whether the node is inside `throw …`, inside a statement such as `this.logger.debug(…)` or
 * `metrics.increment(…)`, or decides only whether such a statement runs.
 */
export function isObserved(compiler: typeof ts, node: ts.Node): boolean {
  let inner: ts.Node = node;
  while (!compiler.isStatement(inner) && inner.parent) inner = inner.parent;
  if (compiler.isIfStatement(inner))
    return !inner.elseStatement && onlyObserves(compiler, inner.thenStatement);
  return compiler.isThrowStatement(inner) || isObservation(compiler, inner);
}

/** An assertion throws, so that whether it runs has an effect. */
function onlyObserves(compiler: typeof ts, statement: ts.Statement): boolean {
  const statements = compiler.isBlock(statement) ? statement.statements : [statement];
  return (
    statements.length > 0 &&
    statements.every((one) => isObservation(compiler, one) && !/^assert\b/.test(one.getText()))
  );
}

/**
 * Returns `requestId()?.short` for `requestId()`: what is read from a value, up to the whole
 * expression.
 */
export function endOfChain(compiler: typeof ts, node: ts.Node): ts.Node {
  let end = node;
  for (let { parent } = end; parent; { parent } = end) {
    const isStep =
      (compiler.isPropertyAccessExpression(parent) ||
        compiler.isElementAccessExpression(parent) ||
        compiler.isCallExpression(parent)) &&
      parent.expression === end;
    const isFallback =
      compiler.isBinaryExpression(parent) &&
      parent.operatorToken.kind === compiler.SyntaxKind.QuestionQuestionToken &&
      parent.left === end;
    if (
      !isStep &&
      !isFallback &&
      !isWrapper(compiler, parent) &&
      !compiler.isAwaitExpression(parent)
    )
      break;
    end = parent;
  }
  return end;
}

/** Recognises `const id = requestId()` if `id` is only ever logged. */
export function isOnlyObserved(compiler: typeof ts, node: ts.Node, body: ts.Node): boolean {
  const end = endOfChain(compiler, node);
  const { parent } = end;
  if (!compiler.isVariableDeclaration(parent) || parent.initializer !== end) return false;
  const names = new Set(namesBoundBy(compiler, parent.name));
  return !someNode(compiler, body, (one) => {
    if (isType(compiler, one)) return "skip";
    return (
      compiler.isIdentifier(one) &&
      names.has(one.text) &&
      isValue(compiler, one) &&
      isRead(compiler, one)
    );
  });
}

function namesBoundBy(compiler: typeof ts, name: ts.BindingName): string[] {
  if (compiler.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((one) =>
    compiler.isOmittedExpression(one) ? [] : namesBoundBy(compiler, one.name),
  );
}

/** Recognises `this.logger.debug(…);`, which has no effect that a caller could notice. */
export function isObservation(compiler: typeof ts, statement: ts.Node): boolean {
  if (!compiler.isExpressionStatement(statement)) return false;
  const call = awaited(compiler, statement.expression);
  return (
    compiler.isCallExpression(call) &&
    calleeNames(compiler, call.expression).some((name) => observer.test(name))
  );
}

/** Returns `load()` for `await load()` and `void load()`. */
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

/** Returns `this`, `logger`, `child`, `info` for `this.logger.child(…).info`. */
function calleeNames(compiler: typeof ts, callee: ts.Expression): string[] {
  if (compiler.isIdentifier(callee)) return [callee.text];
  if (compiler.isPropertyAccessExpression(callee))
    return [...calleeNames(compiler, callee.expression), callee.name.text];
  if (compiler.isCallExpression(callee) || compiler.isNonNullExpression(callee))
    return calleeNames(compiler, callee.expression);
  return [];
}

/**
 * Whether the expression is read. `x = 1` and the statement `x++` do not read; `return x++` does.
 */
export function isRead(compiler: typeof ts, node: ts.Expression): boolean {
  const write = writeOf(compiler, node);
  if (write)
    return (
      !isStatement(compiler, write) &&
      !compiler.isForOfStatement(write) &&
      !(
        compiler.isBinaryExpression(write) &&
        write.operatorToken.kind === compiler.SyntaxKind.EqualsToken
      )
    );
  return !isObserved(compiler, node);
}

function isStatement(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.isExpressionStatement(node.parent);
}

/** Whether the node is a statement of its own, so that its value is not used. */
export function isUnused(compiler: typeof ts, node: ts.Node): boolean {
  const end = endOfChain(compiler, node);
  return (
    compiler.isExpressionStatement(end.parent) && awaited(compiler, end.parent.expression) === end
  );
}

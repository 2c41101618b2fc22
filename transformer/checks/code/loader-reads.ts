import type ts from "typescript";
import { someNode, walkTree } from "../../context/walk-tree";
import { isAssignment, isWrapper } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";

/** A function whose body is examined: a loader, or a function that it calls. */
export type Body = ts.SignatureDeclaration & { readonly body?: ts.Node | undefined };

/** Code that runs: a function, or the initializer of a field, which runs with the constructor. */
export type Code = Body | ts.PropertyDeclaration;

/** Returns the statements or the expression that runs. */
export function codeOf(code: Code): ts.Node | undefined {
  return (code as Body).body ?? (code as ts.PropertyDeclaration).initializer;
}

export function parametersOf(code: Code): readonly ts.ParameterDeclaration[] {
  return (code as Partial<Body>).parameters ?? [];
}

/** The expressions that a body reads according to its text, including nested functions. */
export interface PartsRead {
  /** Names, and paths at their full length: `this.options.limit`. */
  readonly values: readonly ts.Expression[];
  /** `{ tenant }` of `const { tenant } = this` */
  readonly patterns: readonly {
    readonly name: ts.ObjectBindingPattern;
    readonly initializer: ts.Expression;
  }[];
  /** `({ tenant } = this)` */
  readonly assignments: readonly ts.BinaryExpression[];
  readonly calls: readonly ts.CallExpression[];
  readonly constructions: readonly ts.NewExpression[];
  /** `sql` of a tagged template */
  readonly tags: readonly ts.Expression[];
}

const known = new WeakMap<ts.Node, PartsRead>();

/**
 * Returns what the body reads. What is only written does not count, nor what is only logged,
 * counted or thrown, because that is not in an entry. The expression that a variable is made of
 * counts only where the variable is read. A decorator runs when the class is made, and not when the
 * loader does.
 */
export function partsReadIn({ ts }: CheckContext, body: Code): PartsRead {
  const before = known.get(body);
  if (before) return before;
  const values: ts.Expression[] = [];
  const patterns: { name: ts.ObjectBindingPattern; initializer: ts.Expression }[] = [];
  const assignments: ts.BinaryExpression[] = [];
  const calls: ts.CallExpression[] = [];
  const constructions: ts.NewExpression[] = [];
  const tags: ts.Expression[] = [];
  const visit = (node: ts.Node): "skip" | undefined => {
    if (isType(ts, node) || ts.isDecorator(node)) return "skip";
    if (isFullPath(ts, node) && !isAliased(ts, node) && isRead(ts, node)) values.push(node);
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isObjectBindingPattern(node.name))
      patterns.push({ name: node.name, initializer: node.initializer });
    if (isAssignment(ts, node) && ts.isObjectLiteralExpression(node.left)) assignments.push(node);
    if (ts.isCallExpression(node) && !isObserved(ts, node) && !isOnlyObserved(ts, node, body))
      calls.push(node);
    if (ts.isNewExpression(node) && !isObserved(ts, node)) constructions.push(node);
    if (ts.isTaggedTemplateExpression(node)) tags.push(node.tag);
    return undefined;
  };
  for (const part of partsOf(body)) walkTree(ts, part, visit);
  const found = { values, patterns, assignments, calls, constructions, tags };
  known.set(body, found);
  return found;
}

/** Whether the node is a name, `this`, or a path that no longer path begins with. */
function isFullPath(compiler: typeof ts, node: ts.Node): node is ts.Expression {
  const { ThisKeyword, SuperKeyword } = compiler.SyntaxKind;
  const isPath =
    compiler.isPropertyAccessExpression(node) ||
    compiler.isElementAccessExpression(node) ||
    node.kind === ThisKeyword ||
    node.kind === SuperKeyword ||
    (compiler.isIdentifier(node) && isValue(compiler, node));
  if (!isPath) return false;
  let outer: ts.Node = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  const { parent } = outer;
  const isAccess =
    compiler.isPropertyAccessExpression(parent) || compiler.isElementAccessExpression(parent);
  return !(isAccess && parent.expression === outer);
}

/** Recognises `this` in `const self = this`: the variable is followed to it. */
function isAliased(compiler: typeof ts, node: ts.Node): boolean {
  let outer = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  const { parent } = outer;
  return compiler.isVariableDeclaration(parent) && parent.initializer === outer;
}

const knownNames = new WeakMap<ts.Node, readonly ts.Identifier[]>();

/** Returns all names that a body reads, in the same sense. */
export function namesReadBy({ ts }: CheckContext, body: Code): readonly ts.Identifier[] {
  const before = knownNames.get(body);
  if (before) return before;
  const names: ts.Identifier[] = [];
  const visit = (node: ts.Node): "skip" | undefined => {
    if (isType(ts, node) || ts.isDecorator(node)) return "skip";
    if (ts.isIdentifier(node) && isValue(ts, node) && isRead(ts, node)) names.push(node);
    return undefined;
  };
  for (const part of partsOf(body)) walkTree(ts, part, visit);
  knownNames.set(body, names);
  return names;
}

function partsOf(code: Code): readonly ts.Node[] {
  const parameters = parametersOf(code);
  const body = codeOf(code);
  return body ? [...parameters, body] : parameters;
}

function isType(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.isTypeNode(node) && !compiler.isExpressionWithTypeArguments(node);
}

/**
 * Whether the name refers to a value: it isn't the name of a declaration, and neither follows a dot
 * nor precedes a colon.
 */
function isValue(compiler: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  if (compiler.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (compiler.isShorthandPropertyAssignment(parent)) return true;
  const { name, propertyName, label } = parent as {
    name?: ts.Node;
    propertyName?: ts.Node;
    label?: ts.Node;
  };
  return name !== node && propertyName !== node && label !== node;
}

/**
 * Whether the expression is read. `x = 1` and the statement `x++` do not read; `return x++` does.
 */
function isRead(compiler: typeof ts, node: ts.Expression): boolean {
  const write = writeOf(compiler, node);
  if (write)
    return (
      !isStatement(compiler, write) &&
      !(
        compiler.isBinaryExpression(write) &&
        write.operatorToken.kind === compiler.SyntaxKind.EqualsToken
      )
    );
  return !isObserved(compiler, node);
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

function isStatement(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.isExpressionStatement(node.parent);
}

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

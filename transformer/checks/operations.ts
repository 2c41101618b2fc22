import type ts from "typescript";
import { lineNumber } from "../context/line-number";
import { problem } from "../context/rules";
import { visitNames } from "../context/word-places";
import { isWrapper, unwrap } from "../context/wrappers";
import { type Check, type CheckContext } from "../plan/check-context";
import { isOperation } from "./code/operation-symbols";
import { type FoundFunction, possibleFunctions, targetsOf } from "./code/target-of-expression";

const operations = new Set(["refresh", "nocache", "invalidate", "invalidateTag"]);

/**
 * Reports calls of operations on functions that are certainly not cached. The operations exist on
 * every function type, because a comment is not a type.
 */
export const checkOperations: Check = (context) => {
  const { ts, sourceFile } = context;
  visitNames(ts, sourceFile, operations, (name) => {
    const access = name.parent;
    if (!ts.isPropertyAccessExpression(access) || access.name !== name) return;
    const use = useOf(ts, access);
    if (!use || !isOperation(context, access)) return;
    for (const found of possibleFunctions(context, access.expression)) {
      if (use === "value") checkValue(context, access, found);
      else checkCall(context, access, found, use);
    }
  });
};

type Use = "called" | "lent" | "value";

/**
 * Distinguishes `load.refresh(5)`, `load.refresh.call(load, 5)` and `ids.map(load.refresh)`. Null
 * means any other use, such as a condition.
 */
function useOf(compiler: typeof ts, access: ts.PropertyAccessExpression): Use | null {
  let node: ts.Expression = access;
  while (isWrapper(compiler, node.parent)) node = node.parent;
  const { parent } = node;
  if (compiler.isCallExpression(parent)) return parent.expression === node ? "called" : "value";
  if (compiler.isPropertyAccessExpression(parent))
    return lenders.has(parent.name.text) ? "lent" : null;
  const isValue =
    compiler.isReturnStatement(parent) ||
    compiler.isArrowFunction(parent) ||
    ((compiler.isVariableDeclaration(parent) || compiler.isPropertyAssignment(parent)) &&
      parent.initializer === node);
  return isValue ? "value" : null;
}

/** The members of functions that call one with a receiver of the caller's choice. */
const lenders = new Set(["call", "apply", "bind"]);

/** An operation is a method of its function. On its own it doesn't know the function. */
function checkValue(
  context: CheckContext,
  access: ts.PropertyAccessExpression,
  found: FoundFunction,
): void {
  if (!targetsOf(context).has(found.node)) return;
  const operation = access.name.text;
  const span = { start: access.name.getStart(), end: access.name.end };
  const named = found.node.parameters.every(
    ({ name, dotDotDotToken }) => context.ts.isIdentifier(name) && !dotDotDotToken,
  );
  const args = named
    ? found.node.parameters.map(({ name }) => name.getText()).join(", ")
    : "...args";
  const advice = `Write (${args}) => ${access.getText()}(${args}).`;
  context.report(problem("lostReceiver", span, found.owner, operation, "function", advice));
}

function checkCall(
  context: CheckContext,
  access: ts.PropertyAccessExpression,
  found: FoundFunction,
  use: Use,
): void {
  const operation = access.name.text;
  const span = { start: access.name.getStart(), end: access.name.end };
  const target = targetsOf(context).get(found.node);
  if (!target) {
    if (hasDirective(context, found.node) || isOverridden(context, found.node)) return;
    const file = found.node.getSourceFile();
    const line = lineNumber(file, found.node.getStart());
    context.report(
      problem(
        "notAnnotated",
        span,
        operation,
        found.owner,
        `${file.fileName.split("/").pop() ?? ""}:${line}`,
      ),
    );
    return;
  }
  // An arrow function has the `this` of the place where it was made.
  if (
    !target.plan.receiver ||
    context.ts.isArrowFunction(found.node) ||
    operation === "invalidateTag"
  )
    return;
  const advice = adviceForReceiver(context, access, found, use);
  if (advice)
    context.report(problem("lostReceiver", span, found.owner, operation, "receiver", advice));
}

/**
 * Advises on `const add = a.add; add.refresh(5)`, `a.add.refresh.call(a.add, 5)` and
 * `A.prototype.add.refresh(5)`. An object literal's method is treated alike.
 */
function adviceForReceiver(
  { ts }: CheckContext,
  { expression, name }: ts.PropertyAccessExpression,
  { detached, owner }: FoundFunction,
  use: Use,
): string | null {
  const member = owner.split(".").pop() ?? owner;
  const operation = name.text;
  const method = unwrap(ts, expression);
  const isMember = ts.isPropertyAccessExpression(method) || ts.isElementAccessExpression(method);
  if (detached || use === "lent") {
    const receiver = detached
      ? receiverOf(ts, detached)
      : isMember
        ? method.expression.getText()
        : "object";
    return `Write ${receiver}.${member}.${operation}(…), or bind it: ${receiver}.${member}.bind(${receiver}).`;
  }
  const receiver = isMember ? unwrap(ts, method.expression) : null;
  const isPrototype =
    receiver !== null &&
    ts.isPropertyAccessExpression(receiver) &&
    receiver.name.text === "prototype";
  return isPrototype
    ? `Call it on an object of the class: object.${member}.${operation}(…).`
    : null;
}

/** Returns the text of the object that the method was taken from. */
function receiverOf(compiler: typeof ts, detached: NonNullable<FoundFunction["detached"]>): string {
  if (!compiler.isBindingElement(detached)) return detached.expression.getText();
  const holder = detached.parent.parent;
  return (compiler.isVariableDeclaration(holder) && holder.initializer?.getText()) || "object";
}

/** Whether there is a directive. One that could not be carried out is reported at its own place. */
function hasDirective({ ts }: CheckContext, node: ts.SignatureDeclaration): boolean {
  const { text } = node.getSourceFile();
  const holder =
    ts.findAncestor(
      node,
      (outer) =>
        ts.isStatement(outer) || ts.isClassElement(outer) || ts.isObjectLiteralElementLike(outer),
    ) ?? node;
  const head = text.slice(holder.pos, (node as ts.FunctionDeclaration).body?.pos ?? node.end);
  return (
    head.includes("@zcache") ||
    overloadsOf(ts, node).some((one) => text.slice(one.pos, one.end).includes("@zcache"))
  );
}

/** Returns the signatures before the body. */
function overloadsOf(compiler: typeof ts, node: ts.SignatureDeclaration): readonly ts.Node[] {
  const siblings: readonly ts.Node[] = compiler.isClassLike(node.parent)
    ? node.parent.members
    : compiler.isSourceFile(node.parent)
      ? node.parent.statements
      : [];
  return siblings.filter(
    (one) =>
      one.kind === node.kind &&
      (one as ts.FunctionDeclaration).name?.getText() === node.name?.getText(),
  );
}

/**
 * Whether a class below may have an annotated method of the name, since the object may be of that
 * class.
 */
function isOverridden(context: CheckContext, node: ts.SignatureDeclaration): boolean {
  const { ts } = context;
  if (!ts.isClassLike(node.parent)) return false;
  const name = node.name?.getText();
  return [...targetsOf(context).keys()].some(
    (other) =>
      ts.isMethodDeclaration(other) &&
      other.name.getText() === name &&
      ts.isClassLike(other.parent) &&
      (other.parent.heritageClauses ?? []).length > 0,
  );
}

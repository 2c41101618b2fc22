import type ts from "typescript";
import { problem } from "../context/rules";
import { visitNames } from "../context/word-places";
import { unwrap } from "../context/wrappers";
import { type Check, type CheckContext } from "../plan/check-context";
import { isOperation } from "./code/operation-symbols";
import { type FoundFunction, functionOfExpression, targetsOf } from "./code/target-of-expression";

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
    const call = access.parent;
    if (!ts.isCallExpression(call) || call.expression !== access || !isOperation(context, access)) return;
    const found = functionOfExpression(context, access.expression);
    if (found) checkCall(context, access, found);
  });
};

function checkCall(context: CheckContext, access: ts.PropertyAccessExpression, found: FoundFunction): void {
  const operation = access.name.text;
  const span = { start: access.name.getStart(), end: access.name.end };
  const target = targetsOf(context).get(found.node);
  if (!target) {
    if (hasDirective(context, found.node) || isOverridden(context, found.node)) return;
    const file = found.node.getSourceFile();
    const line = file.getLineAndCharacterOfPosition(found.node.getStart()).line + 1;
    context.report(
      problem("notAnnotated", span, operation, found.owner, `${file.fileName.split("/").pop() ?? ""}:${line}`),
    );
    return;
  }
  // An arrow function has the `this` of the place where it was made.
  if (!target.plan.receiver || context.ts.isArrowFunction(found.node) || operation === "invalidateTag") return;
  const advice = adviceForReceiver(context, access, found, operation);
  if (advice) context.report(problem("lostReceiver", span, found.owner, operation, advice));
}

/**
 * Advises on `const add = a.add; add.refresh(5)` and `A.prototype.add.refresh(5)`. An object
 * literal's method is treated alike.
 */
function adviceForReceiver(
  { ts }: CheckContext,
  { expression }: ts.PropertyAccessExpression,
  { detached, owner }: FoundFunction,
  operation: string,
): string | null {
  const member = owner.split(".").pop() ?? owner;
  if (detached) {
    const receiver = ts.isBindingElement(detached)
      ? (detached.parent.parent as ts.VariableDeclaration).initializer?.getText()
      : detached.expression.getText();
    return `Write ${receiver}.${member}.${operation}(…), or bind it: ${receiver}.${member}.bind(${receiver}).`;
  }
  const method = unwrap(ts, expression);
  const receiver = ts.isPropertyAccessExpression(method) ? unwrap(ts, method.expression) : null;
  const isPrototype =
    receiver !== null && ts.isPropertyAccessExpression(receiver) && receiver.name.text === "prototype";
  return isPrototype ? `Call it on an object of the class: object.${member}.${operation}(…).` : null;
}

/** Whether there is a directive. One that could not be carried out is reported at its own place. */
function hasDirective({ ts }: CheckContext, node: ts.SignatureDeclaration): boolean {
  const { text } = node.getSourceFile();
  const holder =
    ts.findAncestor(
      node,
      (outer) => ts.isStatement(outer) || ts.isClassElement(outer) || ts.isObjectLiteralElementLike(outer),
    ) ?? node;
  const head = text.slice(holder.pos, (node as ts.FunctionDeclaration).body?.pos ?? node.end);
  return (
    head.includes("@zcache") || overloadsOf(ts, node).some((one) => text.slice(one.pos, one.end).includes("@zcache"))
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
    (one) => one.kind === node.kind && (one as ts.FunctionDeclaration).name?.getText() === node.name?.getText(),
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

import type ts from "typescript";
import { problem } from "../context/rules";
import { visitNodesWith } from "../context/word-places";
import { walkTree } from "../context/walk-tree";
import { type Check, type CheckContext } from "../plan/check-context";
import { isOperation, isZcacheFunction } from "./code/operation-symbols";
import { functionOfExpression } from "./code/target-of-expression";
import { hasScope } from "./code/transaction-scopes";
import { type TransactionCall } from "./code/transaction-calls";
import { transactionsOf } from "./code/transaction-wrappers";

/**
 * Finds invalidations before a commit, after which the next reader stores the old row again. It
 * looks at the callbacks of transaction functions of the libraries that zcache knows, and at the
 * program's own functions that are called there.
 */
export const checkInvalidateInTransaction: Check = (context) => {
  const reported = new Set<ts.Node>();
  for (const transaction of transactionsOf(context)) {
    const invalidations = invalidationsIn(context, transaction).filter(
      ({ name }) => !reported.has(name),
    );
    if (invalidations.length === 0 || hasScope(context, transaction)) continue;
    for (const { name, operation } of invalidations) {
      reported.add(name);
      report(context, transaction, name, operation);
    }
  }
};

function report(
  context: CheckContext,
  { call, isByHand, adapter }: TransactionCall,
  name: ts.Node,
  operation: string,
): void {
  const { sourceFile } = context;
  const span = { start: name.getStart(), end: name.end };
  const start = call.getStart();
  const whole = isByHand
    ? null
    : { span: { start, end: call.end }, text: sourceFile.text.slice(start, call.end) };
  context.report(
    problem("invalidateInTransaction", span, operation, call.expression.getText(), adapter, whole),
  );
}

interface Found {
  /** The place where it is reported, which is in the file of the transaction. */
  readonly name: ts.Node;
  /** `invalidateTag`, or `rename, which calls invalidateTag,` */
  readonly operation: string;
}

function invalidationsIn(
  context: CheckContext,
  { body, from, to }: TransactionCall,
): readonly Found[] {
  const { ts, sourceFile } = context;
  const found: Found[] = [];
  // A function that is given by its name may be in another file, which doesn't have the mistake.
  if (body.getSourceFile() !== sourceFile) return found;
  walkTree(ts, body, (node) => {
    if (runsLater(ts, node)) return "skip";
    if (!ts.isCallExpression(node) || node.pos < from || node.end > to) return undefined;
    const name = calledName(ts, node);
    if (!name) return undefined;
    if (isInvalidation(context, node, name)) return void found.push({ name, operation: name.text });
    const called = functionOfExpression(context, node.expression)?.node;
    const inner = called && called !== body ? invalidationDirectlyIn(context, called) : null;
    if (inner) found.push({ name, operation: `${name.text}, which calls ${inner},` });
    return undefined;
  });
  return found;
}

function invalidationDirectlyIn(context: CheckContext, body: ts.Node): string | null {
  const { ts } = context;
  let found: string | null = null;
  visitNodesWith(ts, body, operations, (node) => {
    if (runsLater(ts, node)) return "skip";
    if (found !== null || !ts.isCallExpression(node)) return undefined;
    const name = calledName(ts, node);
    if (name && isInvalidation(context, node, name)) found = name.text;
    return undefined;
  });
  return found;
}

/**
 * A function that is given to `onCommit`, `once("commit", …)` or a timer does not run inside the
 * transaction.
 */
function runsLater(compiler: typeof ts, node: ts.Node): boolean {
  if (!compiler.isArrowFunction(node) && !compiler.isFunctionExpression(node)) return false;
  const { parent } = node;
  if (!compiler.isCallExpression(parent) || parent.expression === node) return false;
  const name = calledName(compiler, parent)?.text ?? "";
  return /(?:on|after|post)_?\w*commit/i.test(name) || later.has(name);
}

const later = new Set([
  "on",
  "once",
  "addListener",
  "setTimeout",
  "setImmediate",
  "queueMicrotask",
  "nextTick",
]);

function calledName(compiler: typeof ts, { expression }: ts.CallExpression): ts.Identifier | null {
  if (compiler.isIdentifier(expression)) return expression;
  return compiler.isPropertyAccessExpression(expression) && compiler.isIdentifier(expression.name)
    ? expression.name
    : null;
}

const operations = ["invalidate", "refresh"];

function isInvalidation(
  context: CheckContext,
  { expression }: ts.CallExpression,
  name: ts.Identifier,
): boolean {
  const isMember = context.ts.isPropertyAccessExpression(expression);
  if (
    isMember &&
    ["invalidate", "invalidateTag", "refresh"].includes(name.text) &&
    isOperation(context, expression)
  )
    return true;
  return isZcacheFunction(context, name, "invalidateTag");
}

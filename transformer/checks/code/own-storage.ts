import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { someNode } from "../../context/walk-tree";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { sourcesOf } from "./variation";
import { resolveAlias } from "./resolve-symbol";
import { valueSymbol } from "./value-symbol";
import { assignedValue, writeOf } from "./assignments";
import { functionAround } from "./syntax-ranges";
import { visitNamesOfProgram } from "./names-of-program";

/**
 * Whether an AsyncLocalStorage holds what one evaluation keeps for itself, and nothing of a caller:
 * each method that opens it has found no store, begins with an empty one, and goes on with its own
 * arguments.
 *
 *     can(user, action) {
 *       const scope = this.scope.getStore();
 *       if (!scope) return this.scope.run({ cache: null }, () => this.compute(user, action));
 */
export function isOwnStorage(context: CheckContext, storage: ts.Symbol): boolean {
  const ofProgram = known(context);
  const isOwn = ofProgram.get(storage) ?? isOpenedByReaders(context, storage);
  ofProgram.set(storage, isOwn);
  return isOwn;
}

const known = oncePerProgram(() => new Map<ts.Symbol, boolean>());

function isOpenedByReaders(context: CheckContext, storage: ts.Symbol): boolean {
  const { ts } = context;
  const uses = usesOf(context, storage);
  const openings = uses.filter((use) => /^(?:run|enterWith)$/.test(use.name.text));
  const isRead = (around: ts.Node): boolean =>
    uses.some((use) => use.name.text === "getStore" && functionAround(ts, use) === around);
  const areOwn = openings.every((use) => {
    const around = functionAround(ts, use);
    return around !== null && isRead(around) && isContinuation(context, use, around);
  });
  return openings.length > 0 && areOwn && uses.every((use) => !isFilled(context, use));
}

/** Returns `this.scope.run` and the like: what the program calls of the storage. */
function usesOf(context: CheckContext, storage: ts.Symbol): readonly ts.PropertyAccessExpression[] {
  const { ts, checker } = context;
  const found: ts.PropertyAccessExpression[] = [];
  visitNamesOfProgram(context, storage.name, "all", (name) => {
    const { parent } = name;
    const holder = ts.isPropertyAccessExpression(parent) && parent.name === name ? parent : name;
    const access = holder.parent;
    if (!ts.isPropertyAccessExpression(access) || access.expression !== holder) return;
    const symbol = holder === name ? valueSymbol(context, name) : checker.getSymbolAtLocation(name);
    if (symbol && resolveAlias(context, symbol) === storage) found.push(access);
  });
  return found;
}

/**
 * `this.scope.run({ cache: null }, () => this.compute(user, action))`, of the parameters of the
 * method around.
 */
function isContinuation(
  context: CheckContext,
  use: ts.PropertyAccessExpression,
  around: ts.SignatureDeclaration,
): boolean {
  const { ts } = context;
  if (use.name.text !== "run" || !ts.isCallExpression(use.parent)) return false;
  const [store, next] = use.parent.arguments;
  if (!store || !next || sourcesOf(context, store).size > 0 || !ts.isArrowFunction(next))
    return false;
  const call = unwrap(ts, next.body as ts.Expression);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false;
  const isOwn = ({ name }: ts.ParameterDeclaration, argument: ts.Expression): boolean =>
    ts.isIdentifier(name) && ts.isIdentifier(argument) && name.text === argument.text;
  return (
    call.expression.expression.kind === ts.SyntaxKind.ThisKeyword &&
    call.arguments.every((argument) =>
      around.parameters.some((parameter) => isOwn(parameter, argument)),
    )
  );
}

/**
 * Whether a function that has the store puts into it what it is called with: `scope.tenant =
 * tenant`.
 */
function isFilled(context: CheckContext, use: ts.PropertyAccessExpression): boolean {
  const { ts, checker } = context;
  if (use.name.text !== "getStore") return false;
  const type = checker.getNonNullableType(checker.getTypeAtLocation(use.parent));
  if (type.getProperties().length === 0 || type.getProperty("set")) return true;
  const file = use.getSourceFile();
  return type.getProperties().some((part) =>
    someNode(ts, file, (node) => {
      if (!ts.isPropertyAccessExpression(node) || node.name.text !== part.name) return false;
      if (checker.getSymbolAtLocation(node.name) !== part) return false;
      const write = writeOf(ts, node);
      if (!write) return isNamed(ts, node);
      const value = assignedValue(ts, write);
      return value === null || sourcesOf(context, value).size > 0;
    }),
  );
}

/** `scope.values.set("tenant", tenant)`: a memo has keys that are made of arguments. */
function isNamed(compiler: typeof ts, { parent }: ts.PropertyAccessExpression): boolean {
  const call = parent.parent;
  const isSet = compiler.isPropertyAccessExpression(parent) && parent.name.text === "set";
  return (
    isSet &&
    compiler.isCallExpression(call) &&
    call.arguments.some((one) => compiler.isStringLiteralLike(one))
  );
}

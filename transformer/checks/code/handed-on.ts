import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { visitNames } from "../../context/word-places";
import { isWrapper } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { isPrimitive } from "../types/value-types";
import { type Assignment } from "./assignments";
import { callsOf } from "./function-calls";
import { wholePath } from "./object-paths";
import { functionAround } from "./syntax-ranges";
import { functionOfExpression } from "./target-of-expression";
import { sourcesOf } from "./variation";
import { valueSymbol } from "./value-symbol";

/** An expression that has an object of the module, or a part of it, under another name. */
export interface Handing {
  readonly node: ts.Expression;
  /** The part of the object, by its first step: `user` after `const user = state.user`. */
  readonly part: string | null;
  /** The call that gives the object to the function in which the expression is. */
  readonly call: GivingCall | null;
}

interface GivingCall {
  readonly node: ts.CallExpression;
  readonly owner: ts.SignatureDeclaration;
}

/** Whether the expression may get another name, as far as the text around it shows. */
export function isHandedOn(compiler: typeof ts, name: ts.Expression): boolean {
  return wayOf(compiler, valueAround(compiler, wholePath(compiler, name))) !== null;
}

/**
 * Returns the other names that an expression's value has next: those of a variable that it is put
 * into, those of a parameter of a function that it is given to, and the calls of a function that
 * returns it.
 */
export function handedOn(context: CheckContext, name: ts.Expression): readonly Handing[] {
  const { ts, checker } = context;
  const path = wholePath(ts, name);
  const value = valueAround(ts, path);
  const { parent } = value;
  const way = wayOf(ts, value);
  if (way === null || isPrimitive(context, checker.getTypeAtLocation(path))) return [];
  const part = firstStep(ts, name, path);
  if (ts.isVariableDeclaration(parent)) {
    const scope = functionAround(ts, parent) ?? parent.getSourceFile();
    return namesOf(context, parent.name, scope).map((node) => ({ node, part, call: null }));
  }
  if (way === "argument") {
    const call = parent as ts.CallExpression;
    const owner = functionOfExpression(context, call.expression)?.node;
    const parameter = owner?.parameters[call.arguments.indexOf(value)];
    if (!owner || !parameter || parameter.dotDotDotToken) return [];
    return namesOf(context, parameter.name, owner).map((node) => ({
      node,
      part,
      call: { node: call, owner },
    }));
  }
  const owner = functionAround(ts, value);
  return owner ? callsOf(context, owner).map(({ node }) => ({ node, part, call: null })) : [];
}

/**
 * Returns a change as the caller of a helper sees it: `patch(state, region)` for `target.region =
 * value` in `function patch(target, value)`.
 */
export function changeOfCaller<Change extends Assignment>(
  context: CheckContext,
  change: Change,
  call: GivingCall | null,
): Change {
  if (!call) return change;
  const { node, owner } = call;
  const { value } = change;
  const sources = value ? [...sourcesOf(context, value)] : [];
  const given = owner.parameters.flatMap((one, i) => {
    const isSource = sources.some(({ valueDeclaration }) => valueDeclaration === one);
    return isSource ? (node.arguments[i] ?? []) : [];
  });
  const varying = given.find((one) => sourcesOf(context, one).size > 0);
  return { ...change, node, value: varying ?? given[0] ?? value };
}

function wayOf(
  compiler: typeof ts,
  value: ts.Expression,
): "variable" | "argument" | "result" | null {
  const { parent } = value;
  if (compiler.isVariableDeclaration(parent))
    return parent.initializer === value && compiler.isIdentifier(parent.name) ? "variable" : null;
  if (compiler.isCallExpression(parent)) return parent.expression === value ? null : "argument";
  const isResult =
    compiler.isReturnStatement(parent) ||
    (compiler.isArrowFunction(parent) && parent.body === value);
  return isResult ? "result" : null;
}

/** `(instance ??= new Settings())` for `instance` */
function valueAround(compiler: typeof ts, node: ts.Expression): ts.Expression {
  const { QuestionQuestionToken, QuestionQuestionEqualsToken, BarBarToken, EqualsToken } =
    compiler.SyntaxKind;
  const kept: readonly ts.SyntaxKind[] = [
    QuestionQuestionToken,
    QuestionQuestionEqualsToken,
    BarBarToken,
    EqualsToken,
  ];
  let outer: ts.Node = node;
  for (let { parent } = outer; ; { parent } = outer) {
    const isSame =
      isWrapper(compiler, parent) ||
      compiler.isAwaitExpression(parent) ||
      (compiler.isBinaryExpression(parent) && kept.includes(parent.operatorToken.kind));
    if (!isSame) return outer as ts.Expression;
    outer = parent;
  }
}

function firstStep(compiler: typeof ts, name: ts.Expression, path: ts.Expression): string | null {
  if (path === name) return null;
  const { parent } = name;
  if (compiler.isPropertyAccessExpression(parent)) return parent.name.text;
  return compiler.isElementAccessExpression(parent) &&
    compiler.isStringLiteralLike(parent.argumentExpression)
    ? parent.argumentExpression.text
    : null;
}

const knownNames = oncePerProgram(() => new Map<ts.Node, readonly ts.Identifier[]>());

function namesOf(
  context: CheckContext,
  name: ts.BindingName,
  scope: ts.Node,
): readonly ts.Identifier[] {
  const { ts, checker } = context;
  if (!ts.isIdentifier(name)) return [];
  const ofProgram = knownNames(context);
  const before = ofProgram.get(name);
  if (before) return before;
  const symbol = checker.getSymbolAtLocation(name);
  const found: ts.Identifier[] = [];
  visitNames(ts, scope, new Set([name.text]), (node) => {
    if (node !== name && valueSymbol(context, node) === symbol) found.push(node);
  });
  ofProgram.set(name, found);
  return found;
}

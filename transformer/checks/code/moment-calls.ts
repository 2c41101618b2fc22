import type ts from "typescript";
import { someNode, walkTree } from "../../context/walk-tree";
import { type TargetNode } from "../../target/target-node";
import { type CheckContext } from "../../plan/check-context";
import { resolveAlias } from "./resolve-symbol";
import { isPlatform } from "../types/platform-types";

export interface MomentCall {
  readonly node: ts.Node;
  /** `Date.now()` */
  readonly text: string;
  /** Names what the result depends on. */
  readonly on: string;
}

/**
 * Members of types that the language or Node declares: `type.member`, or the name of a function.
 */
const platformCalls: ReadonlyMap<string, string> = new Map([
  ["DateConstructor.now", "the moment"],
  ["Performance.now", "the moment"],
  ["HRTime.bigint", "the moment"],
  ["Math.random", "chance"],
  ["Crypto.randomUUID", "chance"],
  ["Crypto.getRandomValues", "chance"],
  ["randomUUID", "chance"],
  ["randomBytes", "chance"],
  ["randomInt", "chance"],
]);

/** The checker is asked about these names only. */
const memberNames: ReadonlySet<string> = new Set(
  [...platformCalls.keys()].map((call) => call.replace(/^.*\./, "")),
);

/** Functions of packages that return the time or something random. */
const packageCalls: ReadonlyMap<string, { readonly names: RegExp; readonly on: string }> = new Map([
  ["uuid", { names: /^v[1-8]$/, on: "chance" }],
  ["nanoid", { names: /^nanoid$/, on: "chance" }],
]);

/**
 * Finds calls in a loader's body whose result differs each time, if it may be part of what the
 * loader returns. Calls that measure how long something took, or whose result is logged, thrown or
 * waited for, don't count.
 */
export function findMomentCalls(
  context: CheckContext,
  { body }: TargetNode,
): readonly MomentCall[] {
  const { ts } = context;
  const found: MomentCall[] = [];
  if (!body) return found;
  walkTree(ts, body, (node) => {
    const on = ts.isCallExpression(node)
      ? callDependsOn(context, node)
      : ts.isNewExpression(node) && isNow(context, node)
        ? "the moment"
        : null;
    if (on !== null && !isAside(context, node, body) && !isMeasure(context, node, body))
      found.push({ node, text: textOf(node), on });
  });
  return found;
}

/** `new Date()` */
function isNow(context: CheckContext, { expression, arguments: given }: ts.NewExpression): boolean {
  if (
    (given?.length ?? 0) > 0 ||
    !context.ts.isIdentifier(expression) ||
    expression.text !== "Date"
  )
    return false;
  const symbol = context.checker.getSymbolAtLocation(expression);
  return symbol !== undefined && isPlatform(context, symbol);
}

function callDependsOn(context: CheckContext, { expression }: ts.CallExpression): string | null {
  const { ts, checker } = context;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  if (!ts.isIdentifier(name) || (name !== expression && !memberNames.has(name.text))) return null;
  const symbol = checker.getSymbolAtLocation(name);
  if (!symbol) return null;
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  return (
    (isAlias ? importDependsOn(context, symbol) : null) ??
    platformDependsOn(context, resolveAlias(context, symbol))
  );
}

function platformDependsOn(context: CheckContext, symbol: ts.Symbol): string | null {
  const { ts } = context;
  for (const declaration of symbol.declarations ?? []) {
    // The module itself is called, so the function is not a member of anything.
    if (ts.isSourceFile(declaration)) continue;
    const { parent } = declaration;
    const holder =
      (ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent)) && parent.name
        ? `${parent.name.text}.`
        : "";
    const on = platformCalls.get(holder + symbol.name);
    if (on && isPlatform(context, symbol)) return on;
  }
  return null;
}

function importDependsOn({ ts }: CheckContext, symbol: ts.Symbol): string | null {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration || !ts.isImportSpecifier(declaration)) return null;
  const { moduleSpecifier } = declaration.parent.parent.parent;
  const known = ts.isStringLiteral(moduleSpecifier)
    ? packageCalls.get(moduleSpecifier.text)
    : undefined;
  return known?.names.test((declaration.propertyName ?? declaration.name).text) ? known.on : null;
}

const asideCall =
  /(?:^|\.)(?:console|log|logger|debug|trace|metrics?|span|sleep|delay|wait|setTimeout|backoff|setInterval)\b/i;

/** Whether the value is logged, thrown or waited for, so that it isn't returned. */
function isAside({ ts }: CheckContext, node: ts.Node, body: ts.Node): boolean {
  for (let at = node; at !== body; at = at.parent) {
    if (ts.isThrowStatement(at.parent)) return true;
    if (
      ts.isCallExpression(at.parent) &&
      at.parent.expression !== at &&
      asideCall.test(at.parent.expression.getText())
    )
      return true;
    if (ts.isStatement(at)) return false;
  }
  return false;
}

/**
 * Recognises `const start = Date.now()` if start is only ever subtracted, or the call that it is
 * subtracted from.
 */
function isMeasure(context: CheckContext, node: ts.Node, body: ts.Node): boolean {
  const { ts } = context;
  const { parent } = node;
  if (isDifference(context, parent)) return startOf(context, parent, node, body);
  return (
    ts.isVariableDeclaration(parent) &&
    parent.initializer === node &&
    isOnlySubtracted(context, parent, body)
  );
}

function isDifference({ ts }: CheckContext, node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.MinusToken;
}

/** Returns the other side if it is a variable that was itself such a call. */
function startOf(
  context: CheckContext,
  difference: ts.BinaryExpression,
  node: ts.Node,
  body: ts.Node,
): boolean {
  const { ts, checker } = context;
  const other = difference.left === node ? difference.right : difference.left;
  if (!ts.isIdentifier(other)) return false;
  const [declaration] = checker.getSymbolAtLocation(other)?.declarations ?? [];
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer)
    return false;
  const { initializer } = declaration;
  const isMoment = ts.isCallExpression(initializer)
    ? callDependsOn(context, initializer) !== null
    : ts.isNewExpression(initializer) && isNow(context, initializer);
  return isMoment && isOnlySubtracted(context, declaration, body);
}

function isOnlySubtracted(
  context: CheckContext,
  { name }: ts.VariableDeclaration,
  body: ts.Node,
): boolean {
  const { ts, checker } = context;
  if (!ts.isIdentifier(name)) return false;
  const symbol = checker.getSymbolAtLocation(name);
  const isOther = (node: ts.Node): boolean =>
    ts.isIdentifier(node) &&
    node !== name &&
    node.text === name.text &&
    checker.getSymbolAtLocation(node) === symbol &&
    !isDifference(context, node.parent) &&
    !isAside(context, node, body);
  return !someNode(ts, body, isOther);
}

function textOf(node: ts.Node): string {
  const text = node.getText().replaceAll(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

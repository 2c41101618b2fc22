import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { type FileContext } from "../context/file-context";
import { type TargetNode } from "./target-node";
import { unwrap } from "../context/wrappers";

/** A default that may have another value at another call. */
export interface ChangingDefault {
  /** The names that have it: those of a pattern, where it is the default of all of it. */
  readonly names: readonly string[];
  /** `currency = process.env.CUR ?? "EUR"` */
  readonly text: string;
}

/**
 * The key has what a caller passes. What a default is evaluated to when the caller leaves it out is not in it, so that
 * it must be the same for all callers: calls, what is constructed, the environment and variables that change may not be.
 * A field of `this` is not looked at here, because whether objects differ in it takes types to tell: incomplete-key does.
 */
export function changingDefaults(context: FileContext, node: TargetNode): readonly ChangingDefault[] {
  const { ts, sourceFile } = context;
  const found: ChangingDefault[] = [];
  const visit = (declaration: ts.ParameterDeclaration | ts.BindingElement): void => {
    const { name, initializer } = declaration;
    if (initializer && mayChange(context, initializer))
      found.push({ names: namesIn(ts, name), text: declaration.getText(sourceFile) });
    if (!ts.isIdentifier(name))
      for (const element of name.elements) if (!ts.isOmittedExpression(element)) visit(element);
  };
  node.parameters.forEach(visit);
  return found;
}

function namesIn(compiler: Syntax, name: ts.BindingName): string[] {
  if (compiler.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((one) => (compiler.isOmittedExpression(one) ? [] : namesIn(compiler, one.name)));
}

function mayChange(context: FileContext, expression: ts.Expression): boolean {
  const { ts } = context;
  const node = unwrap(ts, expression);
  // What is called later has no value yet.
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  if (ts.isAwaitExpression(node) || ts.isMetaProperty(node) || ts.isTaggedTemplateExpression(node)) return true;
  if (ts.isIdentifier(node)) return changingGlobals.has(node.text) || isReassigned(context, node.text);
  if (ts.isNewExpression(node) || ts.isCallExpression(node))
    return !isPureCall(ts, node) || (node.arguments ?? []).some((argument) => mayChange(context, argument));
  if (ts.isPropertyAccessExpression(node)) return mayChange(context, node.expression);
  if (ts.isPropertyAssignment(node)) return mayChange(context, node.initializer);
  return ts.forEachChild(node, (child) => isValue(ts, child) && mayChange(context, child as ts.Expression)) ?? false;
}

/** Not a name before a colon, and not a type. */
function isValue(compiler: Syntax, node: ts.Node): boolean {
  return !compiler.isTypeNode(node) && !(compiler.isPropertyAssignment(node.parent) && node.parent.name === node);
}

const changingGlobals = new Set(["process", "globalThis", "global", "window", "performance"]);

const pureClasses = new Set("Map Set WeakMap WeakSet RegExp URL Array Object Error".split(" "));
const pureFunctions = new Set("String Number Boolean BigInt Array Object parseInt parseFloat Symbol".split(" "));
const pureHolders = new Set("Math Object Array Number String JSON BigInt Symbol".split(" "));

/** `new Map()`, `new Date(0)`, `Math.max(1, 2)`, `Object.freeze([])`: the same for the same arguments. */
function isPureCall(compiler: Syntax, { kind, expression, arguments: args }: ts.NewExpression | ts.CallExpression) {
  if (kind === compiler.SyntaxKind.NewExpression) {
    if (!compiler.isIdentifier(expression)) return false;
    return pureClasses.has(expression.text) || (expression.text === "Date" && (args?.length ?? 0) > 0);
  }
  if (compiler.isIdentifier(expression)) return pureFunctions.has(expression.text);
  if (!compiler.isPropertyAccessExpression(expression) || !compiler.isIdentifier(expression.expression)) return false;
  return pureHolders.has(expression.expression.text) && expression.name.text !== "random";
}

/** A variable of the module that is no constant. */
function isReassigned({ ts, sourceFile }: FileContext, name: string): boolean {
  return sourceFile.statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      !(statement.declarationList.flags & ts.NodeFlags.Const) &&
      statement.declarationList.declarations.some((one) => ts.isIdentifier(one.name) && one.name.text === name),
  );
}

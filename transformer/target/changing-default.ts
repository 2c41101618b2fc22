import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { type FileContext } from "../context/file-context";
import { type TargetNode } from "./target-node";
import { unwrap } from "../context/wrappers";

/** A default that may have a different value at each call. */
export interface ChangingDefault {
  /** The names that get the default. There are several if it is the default of a whole pattern. */
  readonly names: readonly string[];
  /** `currency = process.env.CUR ?? "EUR"` */
  readonly text: string;
}

/**
 * Finds defaults that may differ between callers. The key has only what a caller passes, not what a
 * default is evaluated to when the caller leaves it out. A default must therefore be the same for
 * all callers: calls, constructed objects, the environment and variables that change may differ.
 * A field of `this` is not looked at here, because only types show whether objects differ in it:
 * incomplete-key does that.
 */
export function changingDefaults(
  context: FileContext,
  node: TargetNode,
): readonly ChangingDefault[] {
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
  return name.elements.flatMap((one) =>
    compiler.isOmittedExpression(one) ? [] : namesIn(compiler, one.name),
  );
}

function mayChange(context: FileContext, expression: ts.Expression): boolean {
  const { ts } = context;
  const node = unwrap(ts, expression);
  // Code that is called later has no value yet.
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  if (ts.isAwaitExpression(node) || ts.isMetaProperty(node) || ts.isTaggedTemplateExpression(node))
    return true;
  if (ts.isIdentifier(node))
    return changingGlobals.has(node.text) || isReassigned(context, node.text);
  if (ts.isNewExpression(node) || ts.isCallExpression(node))
    return (
      !isPureCall(ts, node) ||
      (node.arguments ?? []).some((argument) => mayChange(context, argument))
    );
  if (ts.isPropertyAccessExpression(node)) return mayChange(context, node.expression);
  if (ts.isPropertyAssignment(node)) return mayChange(context, node.initializer);
  return (
    ts.forEachChild(
      node,
      (child) => isValue(ts, child) && mayChange(context, child as ts.Expression),
    ) ?? false
  );
}

/** Whether the node is a value, and not a name before a colon or a type. */
function isValue(compiler: Syntax, node: ts.Node): boolean {
  return (
    !compiler.isTypeNode(node) &&
    !(compiler.isPropertyAssignment(node.parent) && node.parent.name === node)
  );
}

const changingGlobals = new Set(["process", "globalThis", "global", "window", "performance"]);

const pureClasses = new Set("Map Set WeakMap WeakSet RegExp URL Array Object Error".split(" "));
const pureFunctions = new Set(
  "String Number Boolean BigInt Array Object parseInt parseFloat Symbol".split(" "),
);
const pureHolders = new Set("Math Object Array Number String JSON BigInt Symbol".split(" "));

/**
 * Whether the call gives the same result for the same arguments: `new Map()`, `new Date(0)`,
 * `Math.max(1, 2)`, `Object.freeze([])`.
 */
function isPureCall(
  compiler: Syntax,
  { kind, expression, arguments: args }: ts.NewExpression | ts.CallExpression,
) {
  if (kind === compiler.SyntaxKind.NewExpression) {
    if (!compiler.isIdentifier(expression)) return false;
    return (
      pureClasses.has(expression.text) || (expression.text === "Date" && (args?.length ?? 0) > 0)
    );
  }
  if (compiler.isIdentifier(expression)) return pureFunctions.has(expression.text);
  if (
    !compiler.isPropertyAccessExpression(expression) ||
    !compiler.isIdentifier(expression.expression)
  )
    return false;
  return pureHolders.has(expression.expression.text) && expression.name.text !== "random";
}

/** Whether the name is a module variable that is not a constant. */
function isReassigned({ ts, sourceFile }: FileContext, name: string): boolean {
  return sourceFile.statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      !(statement.declarationList.flags & ts.NodeFlags.Const) &&
      statement.declarationList.declarations.some(
        (one) => ts.isIdentifier(one.name) && one.name.text === name,
      ),
  );
}

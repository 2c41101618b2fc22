import type ts from "typescript";
import { type FileContext } from "../context/file-context";
import { type TargetNode } from "./target-node";
import { someNode } from "../context/walk-tree";
import { holdsPlace, placesOf } from "../context/word-places";

/**
 * Whether the function reads the `this` or the `arguments` that its callers give it. An arrow
 * function has neither.
 */
export function mentions(
  context: FileContext,
  node: TargetNode,
  what: "this" | "arguments",
): boolean {
  return !context.ts.isArrowFunction(node) && mentionsWord(context, node, what);
}

/**
 * Whether the function reads `this`: its own or, for an arrow function, that of the function around
 * it.
 */
export function readsThis(context: FileContext, node: TargetNode): boolean {
  return mentionsWord(context, node, "this");
}

function mentionsWord({ ts }: FileContext, node: TargetNode, what: "this" | "arguments"): boolean {
  const words = what === "arguments" ? ["arguments"] : ["this", "super"];
  const places = placesOf(node.getSourceFile().text, words, node);
  const isWanted = (child: ts.Node): boolean =>
    what === "arguments"
      ? ts.isIdentifier(child) && child.text === "arguments" && isVariable(ts, child)
      : child.kind === ts.SyntaxKind.ThisKeyword || child.kind === ts.SyntaxKind.SuperKeyword;
  const open: ts.Node[] = [...node.parameters, ...(node.body ? [node.body] : [])];
  for (let child = open.pop(); child; child = open.pop()) {
    if (!holdsPlace(places, child)) continue;
    if (isWanted(child)) return true;
    open.push(...partsOfSameFunction(ts, child));
  }
  return false;
}

/**
 * Whether `super` occurs anywhere inside, including nested functions. This is cheaper than finding
 * out whose `super` it is, and never misses one.
 */
export function usesSuper(ts: FileContext["ts"], node: ts.Node): boolean {
  return someNode(ts, node, ({ kind }) => kind === ts.SyntaxKind.SuperKeyword);
}

/**
 * Returns the children that run as part of the same function. In a nested class or object, only
 * those parts of its members count that are evaluated along with it.
 */
function partsOfSameFunction(ts: FileContext["ts"], node: ts.Node): readonly ts.Node[] {
  // `extends Base<T>` is a type to the compiler, and also an expression.
  if (ts.isExpressionWithTypeArguments(node)) return [node.expression];
  if (ts.isTypeNode(node) || ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node))
    return [];
  if (ts.isClassElement(node)) return computedNameAndDecorators(ts, node);
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

function computedNameAndDecorators(
  ts: FileContext["ts"],
  member: ts.ClassElement,
): readonly ts.Node[] {
  const decorators = ts.canHaveDecorators(member) ? (ts.getDecorators(member) ?? []) : [];
  return member.name && ts.isComputedPropertyName(member.name)
    ? [member.name, ...decorators]
    : decorators;
}

/** Whether the name is a variable, and does not follow a dot or precede a colon. */
function isVariable(ts: FileContext["ts"], node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent))
    return parent.name !== node;
  return !(ts.isBindingElement(parent) && parent.propertyName === node);
}

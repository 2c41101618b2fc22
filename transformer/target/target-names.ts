import type ts from "typescript";
import { type FileContext } from "../context/file-context";
import { isAssignment, isWrapper } from "../context/wrappers";

/**
 * Returns the node that a function, class or object is directly the value of, past parentheses and
 * type assertions.
 */
export function holderOf(ts: FileContext["ts"], value: ts.Expression): ts.Node | null {
  let node: ts.Node = value;
  while (isWrapper(ts, node.parent)) node = node.parent;
  const { parent } = node;
  if (
    (ts.isVariableDeclaration(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isPropertyAssignment(parent)) &&
    parent.initializer === node
  )
    return parent;
  if (ts.isExportAssignment(parent)) return parent;
  if (isAssignment(ts, parent) && parent.right === node) return parent;
  return null;
}

/** Returns the name that a value has through the node that holds it, or by itself. */
export function boundName(
  context: FileContext,
  value:
    ts.FunctionExpression | ts.ArrowFunction | ts.ClassLikeDeclaration | ts.ObjectLiteralExpression,
): string | null {
  const { ts } = context;
  const holder = ts.isClassDeclaration(value) ? null : holderOf(ts, value);
  if (holder) {
    if (ts.isExportAssignment(holder))
      return holder.isExportEquals ? ownName(ts, value) : "default";
    if (isAssignment(ts, holder)) return assignedName(context, holder.left);
    return nameText(context, (holder as ts.PropertyAssignment).name);
  }
  return ownName(ts, value);
}

/**
 * Returns the name that JavaScript gives an anonymous function or class by its place, or null if
 * there is none, as in `exports.load = async () => {}`.
 */
export function nameFromPlace(context: FileContext, value: ts.Expression): string | null {
  const { ts } = context;
  const holder = holderOf(ts, value);
  if (!holder) return nameOfDefault(ts, value);
  if (ts.isExportAssignment(holder)) return holder.isExportEquals ? null : "default";
  if (isAssignment(ts, holder)) return ts.isIdentifier(holder.left) ? holder.left.text : null;
  return nameText(context, (holder as ts.PropertyAssignment).name);
}

/**
 * `(load = async () => {}) => …`, `const { load = async () => {} } = …`, `load ??= async () => {}`,
 * `<List load={async () => {}} />`
 */
function nameOfDefault(ts: FileContext["ts"], value: ts.Expression): string | null {
  let node: ts.Node = value;
  while (isWrapper(ts, node.parent)) node = node.parent;
  const { parent } = node;
  const isDefault =
    ((ts.isParameter(parent) || ts.isBindingElement(parent)) && parent.initializer === node) ||
    (ts.isShorthandPropertyAssignment(parent) && parent.objectAssignmentInitializer === node);
  if (isDefault) return ts.isIdentifier(parent.name) ? parent.name.text : null;
  if (ts.isJsxExpression(parent) && ts.isJsxAttribute(parent.parent))
    return ts.isIdentifier(parent.parent.name) ? parent.parent.name.text : null;
  return isLogicalAssignment(ts, parent) && parent.right === node && ts.isIdentifier(parent.left)
    ? parent.left.text
    : null;
}

function isLogicalAssignment(
  { SyntaxKind, isBinaryExpression }: FileContext["ts"],
  node: ts.Node,
): node is ts.BinaryExpression {
  if (!isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return (
    kind === SyntaxKind.QuestionQuestionEqualsToken ||
    kind === SyntaxKind.BarBarEqualsToken ||
    kind === SyntaxKind.AmpersandAmpersandEqualsToken
  );
}

function ownName(ts: FileContext["ts"], value: ts.Node): string | null {
  const name = (value as { name?: ts.Node }).name;
  return name && ts.isIdentifier(name) ? name.text : null;
}

/** `exports.load = …`, `this.load = …`, `module.exports = …` */
function assignedName({ ts }: FileContext, left: ts.Expression): string | null {
  if (ts.isIdentifier(left)) return left.text;
  if (!ts.isPropertyAccessExpression(left)) return null;
  const isModuleExports =
    left.name.text === "exports" &&
    ts.isIdentifier(left.expression) &&
    left.expression.text === "module";
  return isModuleExports ? null : left.name.text;
}

export function containersOf(context: FileContext, node: ts.Node): string[] {
  const names: string[] = [];
  for (let outer = node.parent; outer; outer = outer.parent) {
    const name = containerName(context, outer);
    if (name !== null) names.unshift(name);
  }
  return names;
}

function containerName(context: FileContext, node: ts.Node): string | null {
  const { ts } = context;
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node))
    return node.name?.text ?? "default";
  if (ts.isModuleDeclaration(node)) return node.name.text;
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) return nameText(context, node.name);
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isClassExpression(node))
    return boundName(context, node);
  // `export default { … }` has no name that a caller would write.
  if (ts.isObjectLiteralExpression(node)) {
    const name = boundName(context, node);
    return name === "default" ? null : name;
  }
  return null;
}

export function nameText(
  { ts }: Pick<FileContext, "ts">,
  name: ts.PropertyName | ts.BindingName,
): string | null {
  if (
    ts.isIdentifier(name) ||
    ts.isPrivateIdentifier(name) ||
    ts.isStringLiteralLike(name) ||
    ts.isNumericLiteral(name)
  )
    return name.text;
  if (ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression))
    return name.expression.text;
  return null;
}

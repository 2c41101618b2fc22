import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { unwrap } from "../../context/wrappers";
import { type CheckContext, type ProjectTarget } from "../../plan/check-context";
import { resolveSymbol } from "./resolve-symbol";

type Member = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** The function that a name or a method's access leads to. */
export interface FoundFunction {
  readonly node: ts.SignatureDeclaration;
  /** The name that messages use for it. */
  readonly owner: string;
  /** A member of an object was put into a variable, and is called without that object. */
  readonly detached: Member | ts.BindingElement | null;
}

/**
 * Returns the annotated function that an expression certainly is, or undefined if it is another or
 * isn't known.
 */
export function targetOfExpression(
  context: CheckContext,
  expression: ts.Expression,
): ProjectTarget | undefined {
  const found = functionOfExpression(context, expression);
  return found ? targetsOf(context).get(found.node) : undefined;
}

/** Returns the annotated functions of the program, by their node. */
export const targetsOf = oncePerProgram(
  ({ project }: CheckContext): ReadonlyMap<ts.Node, ProjectTarget> =>
    new Map(project().map((one) => [one.target.node, one])),
);

/**
 * Returns the one function that the expression certainly is: a declaration, a const or property
 * bound to a function, a method.
 */
export function functionOfExpression(
  context: CheckContext,
  expression: ts.Expression,
  depth = 0,
): FoundFunction | null {
  const { ts } = context;
  const node = unwrap(ts, expression);
  const name = nameOf(ts, node);
  const symbol = name && resolveSymbol(context, name);
  if (!symbol || depth > 5) return null;
  const declarations = symbol.declarations ?? [];
  if (
    declarations.length === 0 ||
    declarations.some((one) => one.getSourceFile().isDeclarationFile)
  )
    return null;
  const bodies = declarations.filter((one) => (one as ts.FunctionDeclaration).body !== undefined);
  const declaration = bodies[0] ?? declarations[0];
  if (!declaration || bodies.length > 1 || (bodies.length === 0 && declarations.length > 1))
    return null;
  const owner = ownerOf(ts, declaration, name.text);
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration)) {
    return declaration.body && !isDecorated(ts, declaration)
      ? { node: declaration, owner, detached: null }
      : null;
  }
  return functionOfValue(context, declaration, owner, depth);
}

/** Returns what names the function: `load`, the `load` of `a.load`, the `"load"` of `a["load"]`. */
function nameOf(
  compiler: typeof ts,
  node: ts.Expression,
): ts.Identifier | ts.MemberName | ts.StringLiteralLike | null {
  if (compiler.isIdentifier(node)) return node;
  if (compiler.isPropertyAccessExpression(node)) return node.name;
  if (!compiler.isElementAccessExpression(node)) return null;
  return compiler.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression : null;
}

/**
 * Returns the functions that the expression may be: both of `c ? a.load : b.load`, also where that
 * was put into a constant. `(0, a.load)` leaves the object out.
 */
export function possibleFunctions(
  context: CheckContext,
  expression: ts.Expression,
  isTaken = false,
  depth = 0,
): FoundFunction[] {
  const { ts } = context;
  if (depth > 5) return [];
  const value = unwrap(ts, expression);
  const parts = possibleParts(ts, value);
  if (parts) {
    const isComma =
      ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.CommaToken;
    return parts.flatMap((part) => possibleFunctions(context, part, isTaken || isComma, depth + 1));
  }
  const initializer = ts.isIdentifier(value) ? initializerOfConstant(context, value) : null;
  if (initializer && possibleParts(ts, unwrap(ts, initializer)))
    return possibleFunctions(context, initializer, true, depth + 1);
  const found = functionOfExpression(context, value);
  if (!found) return [];
  const isMember = ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value);
  return [isTaken && isMember ? { ...found, detached: value } : found];
}

/** Returns the expressions of which the value is one, or null if the expression chooses nothing. */
function possibleParts(compiler: typeof ts, value: ts.Expression): readonly ts.Expression[] | null {
  if (compiler.isConditionalExpression(value)) return [value.whenTrue, value.whenFalse];
  if (!compiler.isBinaryExpression(value)) return null;
  const { SyntaxKind } = compiler;
  switch (value.operatorToken.kind) {
    case SyntaxKind.BarBarToken:
    case SyntaxKind.QuestionQuestionToken:
      return [value.left, value.right];
    case SyntaxKind.AmpersandAmpersandToken:
    case SyntaxKind.CommaToken:
      return [value.right];
    default:
      return null;
  }
}

function initializerOfConstant(context: CheckContext, name: ts.Identifier): ts.Expression | null {
  const { ts } = context;
  const declaration = resolveSymbol(context, name)?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return null;
  return ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const
    ? (declaration.initializer ?? null)
    : null;
}

function functionOfValue(
  context: CheckContext,
  declaration: ts.Declaration,
  owner: string,
  depth: number,
): FoundFunction | null {
  const { ts } = context;
  if (ts.isBindingElement(declaration)) return functionOfBinding(context, declaration);
  if (ts.isShorthandPropertyAssignment(declaration)) return null;
  const isHolder =
    ts.isVariableDeclaration(declaration) ||
    ts.isPropertyAssignment(declaration) ||
    ts.isPropertyDeclaration(declaration);
  if (!isHolder || !declaration.initializer) return null;
  if (
    ts.isVariableDeclaration(declaration) &&
    !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const)
  )
    return null;
  if (ts.isPropertyDeclaration(declaration) && isDecorated(ts, declaration)) return null;
  const value = unwrap(ts, declaration.initializer);
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value))
    return { node: value, owner, detached: null };
  if (!ts.isVariableDeclaration(declaration)) return null;
  if (ts.isIdentifier(value)) return functionOfExpression(context, value, depth + 1);
  if (!ts.isPropertyAccessExpression(value) && !ts.isElementAccessExpression(value)) return null;
  const found = functionOfExpression(context, value, depth + 1);
  return found && { ...found, detached: value };
}

/** `const { profile } = users`, `({ profile }) => …` */
function functionOfBinding(
  context: CheckContext,
  element: ts.BindingElement,
): FoundFunction | null {
  const { ts, checker } = context;
  const pattern = element.parent;
  if (!ts.isObjectBindingPattern(pattern) || element.initializer || element.dotDotDotToken)
    return null;
  if (!isConstant(ts, element)) return null;
  const name = (element.propertyName ?? element.name).getText();
  const symbol = checker.getTypeAtLocation(pattern).getProperty(name);
  const [method] = (symbol?.declarations ?? []).filter(
    (one): one is ts.MethodDeclaration => ts.isMethodDeclaration(one) && one.body !== undefined,
  );
  if (!method || isDecorated(ts, method)) return null;
  return { node: method, owner: ownerOf(ts, method, name), detached: element };
}

/** Whether the name is declared by `const`, or by a parameter, which few programs assign to. */
function isConstant(compiler: typeof ts, element: ts.BindingElement): boolean {
  const root = compiler.walkUpBindingElementsAndPatterns(element);
  return (
    !compiler.isVariableDeclaration(root) ||
    (compiler.getCombinedNodeFlags(root) & compiler.NodeFlags.Const) !== 0
  );
}

function ownerOf(compiler: typeof ts, declaration: ts.Node, name: string): string {
  const outer = declaration.parent as { name?: ts.Node };
  return compiler.isClassLike(declaration.parent) && outer.name
    ? `${outer.name.getText()}.${name}`
    : name;
}

/** Whether a decorator may have replaced the method. */
function isDecorated(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.canHaveDecorators(node) && (compiler.getDecorators(node)?.length ?? 0) > 0;
}

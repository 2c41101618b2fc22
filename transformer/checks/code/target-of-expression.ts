import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { unwrap } from "../../context/wrappers";
import { type CheckContext, type ProjectTarget } from "../../plan/check-context";
import { resolveSymbol } from "./operation-symbols";

/** The function that a name or a method's access leads to. */
export interface FoundFunction {
  readonly node: ts.SignatureDeclaration;
  /** The name that messages use for it. */
  readonly owner: string;
  /** A member of an object was put into a variable, and is called without that object. */
  readonly detached: ts.PropertyAccessExpression | ts.BindingElement | null;
}

/**
 * Returns the annotated function that an expression certainly is, or undefined if it is another or
 * isn't known.
 */
export function targetOfExpression(context: CheckContext, expression: ts.Expression): ProjectTarget | undefined {
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
  const name = ts.isIdentifier(node) ? node : ts.isPropertyAccessExpression(node) ? node.name : null;
  const symbol = name && resolveSymbol(context, name);
  if (!symbol || depth > 5) return null;
  const declarations = symbol.declarations ?? [];
  if (declarations.length === 0 || declarations.some((one) => one.getSourceFile().isDeclarationFile)) return null;
  const bodies = declarations.filter((one) => (one as ts.FunctionDeclaration).body !== undefined);
  const declaration = bodies[0] ?? declarations[0];
  if (!declaration || bodies.length > 1 || (bodies.length === 0 && declarations.length > 1)) return null;
  const owner = ownerOf(ts, declaration, name.text);
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration)) {
    return declaration.body && !isDecorated(ts, declaration) ? { node: declaration, owner, detached: null } : null;
  }
  return functionOfValue(context, declaration, owner, depth);
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
  if (ts.isVariableDeclaration(declaration) && !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const))
    return null;
  if (ts.isPropertyDeclaration(declaration) && isDecorated(ts, declaration)) return null;
  const value = unwrap(ts, declaration.initializer);
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return { node: value, owner, detached: null };
  if (!ts.isVariableDeclaration(declaration)) return null;
  if (ts.isIdentifier(value)) return functionOfExpression(context, value, depth + 1);
  if (!ts.isPropertyAccessExpression(value)) return null;
  const found = functionOfExpression(context, value, depth + 1);
  return found && { ...found, detached: value };
}

/** `const { profile } = users` */
function functionOfBinding(context: CheckContext, element: ts.BindingElement): FoundFunction | null {
  const { ts, checker } = context;
  const variable = element.parent.parent;
  if (
    !ts.isVariableDeclaration(variable) ||
    !(ts.getCombinedNodeFlags(variable) & ts.NodeFlags.Const) ||
    !variable.initializer ||
    element.initializer
  )
    return null;
  const name = (element.propertyName ?? element.name).getText();
  const symbol = checker.getTypeAtLocation(variable.initializer).getProperty(name);
  const [method] = (symbol?.declarations ?? []).filter(
    (one): one is ts.MethodDeclaration => ts.isMethodDeclaration(one) && one.body !== undefined,
  );
  if (!method || isDecorated(ts, method)) return null;
  return { node: method, owner: ownerOf(ts, method, name), detached: element };
}

function ownerOf(compiler: typeof ts, declaration: ts.Node, name: string): string {
  const outer = declaration.parent as { name?: ts.Node };
  return compiler.isClassLike(declaration.parent) && outer.name ? `${outer.name.getText()}.${name}` : name;
}

/** Whether a decorator may have replaced the method. */
function isDecorated(compiler: typeof ts, node: ts.Node): boolean {
  return compiler.canHaveDecorators(node) && (compiler.getDecorators(node)?.length ?? 0) > 0;
}

import type ts from "typescript";
import { type FileContext } from "../context/file-context";
import { type TargetNode } from "./target-node";
import { readsThis } from "./mentions";
import { type Syntax } from "../context/syntax";
import { holderOf } from "./target-names";

/**
 * The class or object literal whose `this` a function expects, because the function is its member.
 */
export type Home = ts.ClassLikeDeclaration | ts.ObjectLiteralExpression;

/** Returns null if the function doesn't read `this`, or if nothing around it says whose it is. */
export function homeOf(context: FileContext, node: TargetNode): Home | null {
  const { ts } = context;
  if (!readsThis(context, node)) return null;
  if (ts.isMethodDeclaration(node)) return node.parent;
  if (ts.isArrowFunction(node)) return homeOfArrow(context, node);
  return ts.isFunctionExpression(node) ? homeOfExpression(context, node) : null;
}

/** Finds the member whose `this` an arrow function has, which is the enclosing one. */
function homeOfArrow({ ts, sourceFile }: FileContext, arrow: ts.ArrowFunction): Home | null {
  for (let node: ts.Node = arrow.parent; node !== sourceFile; node = node.parent) {
    if (ts.isConstructorDeclaration(node) && !hasThisAt(ts, node, arrow)) return null;
    if (ts.isClassElement(node)) return node.parent as Home;
    if (ts.isMethodDeclaration(node)) return node.parent;
    if (
      ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isModuleDeclaration(node)
    )
      return null;
  }
  return null;
}

/**
 * Whether `this` exists at the arrow function. In a constructor of a derived class it doesn't
 * before `super(…)` has returned.
 */
function hasThisAt(
  compiler: Syntax,
  { parent, body }: ts.ConstructorDeclaration,
  arrow: ts.ArrowFunction,
): boolean {
  if (!extendsClause(compiler, parent)) return true;
  const isSuperCall = (statement: ts.Statement): boolean =>
    compiler.isExpressionStatement(statement) &&
    compiler.isCallExpression(statement.expression) &&
    statement.expression.expression.kind === compiler.SyntaxKind.SuperKeyword;
  return (
    body?.statements.some((statement) => isSuperCall(statement) && statement.end <= arrow.pos) ??
    false
  );
}

/**
 * `{ load: async function () { … } }`, `load = async function () { … }` in a class,
 * `this.load = async function () { … }`
 */
function homeOfExpression(context: FileContext, node: ts.FunctionExpression): Home | null {
  const { ts } = context;
  const holder = holderOf(ts, node);
  if (!holder) return null;
  if (ts.isPropertyAssignment(holder)) return holder.parent;
  return ts.isPropertyDeclaration(holder) ? holder.parent : null;
}

export function extendsClause(
  compiler: Syntax,
  node: ts.ClassLikeDeclaration,
): ts.HeritageClause | undefined {
  return node.heritageClauses?.find(({ token }) => token === compiler.SyntaxKind.ExtendsKeyword);
}

import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { type TargetNode } from "./target-node";

/**
 * Returns the declarations without a body that say how a function or method is called. There are
 * none if it isn't overloaded.
 */
export function overloadsOf(
  compiler: Syntax,
  node: TargetNode,
): readonly ts.SignatureDeclaration[] {
  if (!compiler.isFunctionDeclaration(node) && !compiler.isMethodDeclaration(node)) return [];
  return siblingsOf(compiler, node, (sibling) => !sibling.body && isSame(compiler, sibling, node));
}

/** Returns the declaration that has the body. */
export function implementationOf(
  compiler: Syntax,
  node: ts.FunctionDeclaration | ts.MethodDeclaration,
): ts.FunctionDeclaration | ts.MethodDeclaration | undefined {
  if (node.body) return node;
  return siblingsOf(
    compiler,
    node,
    (sibling) => sibling.body !== undefined && isSame(compiler, sibling, node),
  )[0];
}

type Sibling = ts.FunctionDeclaration | ts.MethodDeclaration;

function siblingsOf(
  compiler: Syntax,
  { parent }: Sibling,
  isWanted: (sibling: Sibling) => boolean,
): readonly Sibling[] {
  const { statements } = parent as { readonly statements?: ts.NodeArray<ts.Statement> };
  const siblings: readonly ts.Node[] = compiler.isClassLike(parent)
    ? parent.members
    : (statements ?? []);
  return siblings.filter(
    (one): one is Sibling =>
      (compiler.isFunctionDeclaration(one) || compiler.isMethodDeclaration(one)) && isWanted(one),
  );
}

function isSame(
  compiler: Syntax,
  one: ts.FunctionDeclaration | ts.MethodDeclaration,
  other: ts.FunctionDeclaration | ts.MethodDeclaration,
): boolean {
  const isStatic = (node: ts.Declaration): number =>
    compiler.getCombinedModifierFlags(node) & compiler.ModifierFlags.Static;
  return (
    one.kind === other.kind &&
    one.name?.getText() === other.name?.getText() &&
    isStatic(one) === isStatic(other)
  );
}

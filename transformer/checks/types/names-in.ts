import type ts from "typescript";
import { walkTree } from "../../context/walk-tree";

/** Returns the names that a node reads, including `this`. */
export function namesIn(compiler: typeof ts, root: ts.Node): Set<string> {
  const names = new Set<string>();
  walkTree(compiler, root, (node) => {
    if (
      compiler.isIdentifier(node) &&
      !(compiler.isPropertyAccessExpression(node.parent) && node.parent.name === node)
    )
      names.add(node.text);
    if (node.kind === compiler.SyntaxKind.ThisKeyword) names.add("this");
  });
  return names;
}

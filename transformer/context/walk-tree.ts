import type ts from "typescript";
import { type Syntax } from "./syntax";

/**
 * Visits a node and its descendants, parents first and from left to right. The descendants of a
 * node for which `visit` returns "skip" are left out. It keeps a stack of its own, because a long
 * chain of `+` is a tree as deep as the chain is long.
 */
export function walkTree(
  compiler: Syntax,
  root: ts.Node,
  visit: (node: ts.Node) => "skip" | void,
): void {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (visit(node) === "skip") continue;
    const children: ts.Node[] = [];
    compiler.forEachChild(node, (child) => void children.push(child));
    for (let i = children.length - 1; i >= 0; i--) stack.push(children[i] as ts.Node);
  }
}

/**
 * Whether the test holds for some node. The descendants of a node for which it returns "skip" are
 * left out.
 */
export function someNode(
  compiler: Syntax,
  root: ts.Node,
  test: (node: ts.Node) => boolean | "skip",
): boolean {
  let found = false;
  walkTree(compiler, root, (node) => {
    if (found) return "skip";
    const answer = test(node);
    if (answer === true) found = true;
    return answer === false ? undefined : "skip";
  });
  return found;
}

import type ts from "typescript";
import { type Syntax } from "./syntax";

/**
 * Visits a node and what is in it, from the outside in, without a call for each level: a chain of thousands of `+` is as
 * deep as it is long.
 *
 * @param visit true: what is in this node is left out
 */
export function visitNodes(compiler: Syntax, root: ts.Node, visit: (node: ts.Node) => boolean | void): void {
  const open: ts.Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (visit(node) === true) continue;
    const children: ts.Node[] = [];
    compiler.forEachChild(node, (child) => void children.push(child));
    for (let i = children.length; i-- > 0;) open.push(children[i] as ts.Node);
  }
}

/** Whether one of them is what is looked for. */
export function someNode(compiler: Syntax, root: ts.Node, isWanted: (node: ts.Node) => boolean): boolean {
  let found = false;
  visitNodes(compiler, root, (node) => found || (found = isWanted(node)));
  return found;
}

import type ts from "typescript";
import { type Syntax } from "./syntax";

/**
 * Visits a node and its descendants, parents first, without a call for each level: a chain of
 * thousands of `+` is as deep as it is long.
 *
 * @param visit returns true to skip the descendants of this node
 */
export function visitNodes(
  compiler: Syntax,
  root: ts.Node,
  visit: (node: ts.Node) => boolean | void,
): void {
  const open: ts.Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (visit(node) === true) continue;
    const children: ts.Node[] = [];
    compiler.forEachChild(node, (child) => void children.push(child));
    for (let i = children.length; i-- > 0;) open.push(children[i] as ts.Node);
  }
}

/** Whether `isWanted` holds for one of the nodes. */
export function someNode(
  compiler: Syntax,
  root: ts.Node,
  isWanted: (node: ts.Node) => boolean,
): boolean {
  let found = false;
  visitNodes(compiler, root, (node) => found || (found = isWanted(node)));
  return found;
}

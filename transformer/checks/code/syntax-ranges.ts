import type ts from "typescript";

export function hasOwnThis(compiler: typeof ts, node: ts.Node): boolean {
  return (
    compiler.isFunctionDeclaration(node) ||
    compiler.isFunctionExpression(node) ||
    compiler.isClassLike(node) ||
    compiler.isMethodDeclaration(node) ||
    compiler.isAccessor(node)
  );
}

export function isWithin(node: ts.Node, outer: ts.Node): boolean {
  return (
    node.getSourceFile() === outer.getSourceFile() && node.pos >= outer.pos && node.end <= outer.end
  );
}

/** Returns the loop that the node is in, unless a function is between them. */
export function loopAround(compiler: typeof ts, node: ts.Node): ts.IterationStatement | null {
  for (let outer = node.parent; outer && !compiler.isFunctionLike(outer); outer = outer.parent)
    if (compiler.isIterationStatement(outer, false)) return outer;
  return null;
}

export function functionAround(compiler: typeof ts, node: ts.Node): ts.SignatureDeclaration | null {
  for (let outer = node.parent; outer; outer = outer.parent)
    if (compiler.isFunctionLike(outer)) return outer;
  return null;
}

/** Whether the code runs once, when its module is loaded: it is in no function and in no loop. */
export function isOfModule(compiler: typeof ts, node: ts.Node): boolean {
  return functionAround(compiler, node) === null && loopAround(compiler, node) === null;
}

/** Returns the parameter or variable that a name bound by a pattern belongs to. */
export function holderOfBinding(compiler: typeof ts, declaration: ts.Node): ts.Node {
  let holder = declaration;
  while (compiler.isBindingElement(holder)) holder = holder.parent.parent;
  return holder;
}

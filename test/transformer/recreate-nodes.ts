import ts from "typescript";

/** Makes a new node of each, as transformers do that run before ours. What the file means stays the same. */
export const recreateNodes: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { cloneNode } = ts.factory as unknown as { cloneNode<T extends ts.Node>(node: T): T };
  const recreate = (node: ts.Node): ts.Node => {
    const visited = ts.visitEachChild(node, recreate, context);
    if (visited !== node || ts.isToken(node)) return visited;
    return ts.setTextRange(cloneNode(node), node);
  };
  return ts.visitEachChild(file, recreate, context);
};

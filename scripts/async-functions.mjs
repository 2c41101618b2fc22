/**
 * Where a directive for an async function would stand: declarations, methods, and expressions that are a property's or a
 * variable's value. Only those that begin a line.
 */
export function placesOfAsyncFunctions(ts, path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const places = new Set();
  const visit = (node) => {
    const holder = holderOf(ts, node);
    if (holder) places.add(holder.getStart(file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...places].filter((place) => indentOf(text, place).trim() === "").sort((a, b) => a - b);
}

/** `// @zcache` above each of the places. */
export function annotate(text, places) {
  let annotated = text;
  for (const place of [...places].sort((a, b) => b - a)) {
    const indent = indentOf(text, place);
    const lineStart = place - indent.length;
    annotated = `${annotated.slice(0, lineStart)}${indent}// @zcache\n${annotated.slice(lineStart)}`;
  }
  return annotated;
}

function indentOf(text, place) {
  return text.slice(text.lastIndexOf("\n", place - 1) + 1, place);
}

/** What a directive for the function would stand above. */
function holderOf(ts, node) {
  const isAsync =
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (!isAsync || !node.body || node.asteriskToken) return null;
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node;
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return null;
  const { parent } = node;
  if (ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent;
  if (
    ts.isVariableDeclaration(parent) &&
    parent.parent.declarations.length === 1 &&
    ts.isVariableStatement(parent.parent.parent)
  )
    return parent.parent.parent;
  return null;
}

/**
 * Finds the places where a directive for an async function would be: declarations, methods, and
 * expressions that are the value of a property or variable.
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
  return [...places].sort((a, b) => a - b);
}

/**
 * Puts `@zcache` at each of the places, on the existing line, so that reported positions are those
 * of the file itself.
 */
export function annotate(text, places) {
  return places
    .toSorted((a, b) => b - a)
    .reduce((annotated, place) => `${annotated.slice(0, place)}/* @zcache */ ${annotated.slice(place)}`, text);
}

/** Returns the node that a directive for the function would be above. */
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

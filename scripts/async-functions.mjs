/**
 * Finds the places where a directive for an async function would be: declarations, methods, and
 * expressions that are the value of a property or variable.
 */
export function placesOfAsyncFunctions(ts, path, text) {
  return [...asyncFunctions(ts, path, text).keys()];
}

/** The bodies of these functions, by where the directive would stand, in the order of the file. */
export function asyncFunctions(ts, path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const bodies = new Map();
  const visit = (node) => {
    const place = holderOf(ts, node)?.getStart(file);
    if (place !== undefined && !bodies.has(place)) bodies.set(place, node.body);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return new Map([...bodies].sort(([a], [b]) => a - b));
}

/**
 * Puts `@zcache` at each of the places, on the existing line, so that reported positions are those
 * of the file itself.
 */
export function annotate(text, places) {
  return places
    .toSorted((a, b) => b - a)
    .reduce(
      (annotated, place) => `${annotated.slice(0, place)}/* @zcache */ ${annotated.slice(place)}`,
      text,
    );
}

/** Returns the node that a directive for the function would be above. */
function holderOf(ts, node) {
  const isAsync =
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
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

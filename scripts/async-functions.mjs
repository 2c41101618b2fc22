/** Where a directive for an async function would stand: declarations, methods, and expressions that are a property's or a variable's value. */
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

/** `@zcache` at each of the places, on the line that is there: those of what is reported are then the file's own. */
export function annotate(text, places) {
  return places
    .toSorted((a, b) => b - a)
    .reduce((annotated, place) => `${annotated.slice(0, place)}/* @zcache */ ${annotated.slice(place)}`, text);
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

/**
 * Measures what `invalidate-in-transaction` finds in code that was not written for it. An
 * invalidation is put at the beginning of every function, so that everything that runs in a
 * transaction invalidates something there. This file decides independently of the check, by names
 * alone, what the check should find: a function that is given to a call whose name ends in
 * "transaction" or "transact".
 */

const seeded = "invalidateTagSeeded";
const header = `import { invalidateTag as ${seeded} } from "zcache"; `;

/**
 * Puts an invalidation at the beginning of each body, on the existing line, so that reported lines
 * are those of the file.
 */
export function seedInvalidations(ts, path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const places = bodies(ts, file).map((body) => body.getStart(file) + 1);
  const start = text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
  let result = text;
  for (const place of places.toSorted((a, b) => b - a))
    result = `${result.slice(0, place)} void ${seeded}("seeded");${result.slice(place)}`;
  return result.slice(0, start) + header + result.slice(start);
}

/** The number of functions that an invalidation was put into. */
export function countSeeded(file) {
  return file.text.split(`void ${seeded}(`).length - 1;
}

function bodies(ts, file) {
  const found = [];
  const visit = (node) => {
    if (
      ts.isFunctionLike(node) &&
      node.body &&
      ts.isBlock(node.body) &&
      !ts.isConstructorDeclaration(node)
    )
      found.push(node.body);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * Returns the calls that the check should report, by where their name begins: the invalidations in
 * a transaction, and the calls there of a function that holds one. Each comes with the functions
 * around it that are inside the transaction, because they may run later.
 */
export function expectedInvalidations(ts, program, file) {
  const checker = program.getTypeChecker();
  const found = new Map();
  const visitInside = (node, around) => {
    const call = ts.isCallExpression(node) ? node : null;
    const name =
      call &&
      (ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression);
    if (name && ts.isIdentifier(name)) {
      if (name.text === seeded) found.set(name.getStart(file), { kind: "direct", around });
      else if (holdsSeed(ts, checker, name))
        found.set(name.getStart(file), { kind: "one call further", around });
    }
    ts.forEachChild(node, (child) =>
      visitInside(child, isFunction(ts, child) ? [...around, givenTo(ts, child, file)] : around),
    );
  };
  const visit = (node) => {
    if (ts.isCallExpression(node) && beginsTransaction(ts, node))
      for (const argument of node.arguments)
        if (isFunction(ts, argument)) visitInside(argument, []);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isFunction(ts, node) {
  return (
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node)
  );
}

/**
 * `db.transaction(…)`, `prisma.$transaction(…)`, `withTransaction(…)`,
 * `db.transaction().execute(…)`
 */
function beginsTransaction(ts, { expression }) {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  if (!ts.isIdentifier(name)) return false;
  if (/transact(?:ion(?:al)?)?$/i.test(name.text)) return true;
  return name.text === "execute" && /\btransaction\(\)[^;]*\.execute$/.test(expression.getText());
}

/**
 * Returns the name of the function that a function inside a transaction is passed to: `.map`,
 * `onCommit`.
 */
function givenTo(ts, node, file) {
  const { parent } = node;
  return ts.isCallExpression(parent)
    ? parent.expression.getText(file).replace(/^.*\./s, ".")
    : "(nothing)";
}

function holdsSeed(ts, checker, name) {
  let symbol = checker.getSymbolAtLocation(name);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const declaration = (symbol?.declarations ?? []).find((one) => one.body ?? one.initializer);
  if (!declaration || declaration.getSourceFile().isDeclarationFile) return false;
  const holder = declaration.body ? declaration : declaration.initializer;
  return holder?.body !== undefined && holder.getText().includes(`void ${seeded}(`);
}

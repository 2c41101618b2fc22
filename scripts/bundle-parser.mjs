/**
 * Cuts the parser out of TypeScript 6: the statements of its one file that the wanted names lead
 * to, and no others. zcache reads files with it, so that it doesn't depend on the user's compiler,
 * and a process that rewrites one file doesn't load nine megabytes.
 */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import ts from "typescript-6.0";

/** What the node classes below call their parameters. */
const parameters = ["position", "file"];

/** These initialise themselves by a call next to their declaration. */
const selfMade = ["Debug", "BinaryExpressionState", "Parser", "IncrementalParser"];

/** The parser mentions these, and never uses them without a program. */
const left = new Map([["sys", "var sys = undefined;"]]);

/**
 * Node classes as the language service makes them: with `getText` and `getStart`. Theirs also have
 * `getChildren`, which keeps trees in a WeakMap, whose values outlive each collection of young
 * objects: the trees of some hundred files then stayed until the whole heap was collected, which
 * took a quarter of the time of a build's transform. zcache finds the tokens of a node by a
 * scanner.
 */
const nodeClasses = `
class ParsedSourceFile extends NodeObject {
  getLineAndCharacterOfPosition(position) { return getLineAndCharacterOfPosition(this, position); }
  getLineStarts() { return getLineStarts(this); }
}
setObjectAllocator({
  ...objectAllocator,
  getNodeConstructor: () => NodeObject,
  getTokenConstructor: () => TokenObject,
  getIdentifierConstructor: () => IdentifierObject,
  getPrivateIdentifierConstructor: () => PrivateIdentifierObject,
  getSourceFileConstructor: () => ParsedSourceFile,
});`;

/**
 * @param path of `typescript.js`
 * @param names the names that the cut-out parser has
 * @param cache a folder where the result is kept: making it takes seconds, and it is the same until
 * TypeScript or the names change
 */
export function bundleParser(path, names, outfile, cache) {
  const hash = createHash("sha256");
  for (const part of [
    readFileSync(fileURLToPath(import.meta.url)),
    readFileSync(path),
    names.join(),
  ])
    hash.update(part);
  const kept = join(cache, `${hash.digest("hex").slice(0, 16)}.js`);
  if (!existsSync(kept)) cutParser(path, names, kept);
  copyFileSync(kept, outfile);
}

function cutParser(path, names, outfile) {
  const text = readFileSync(path, "utf8");
  const [licence] = /^\/\*![\s\S]*?\*\//.exec(text) ?? [];
  if (!licence) throw new Error(`${path} begins with no licence.`);
  const statements = readStatements(text);
  const kept = reach(statements, [...names, ...namesIn(parse(nodeClasses).statements)]);
  const parts = [...kept]
    .sort((a, b) => a.pos - b.pos)
    .map((statement) => withoutUnused(statement, kept));
  const contents = [
    ...left.values(),
    ...parts,
    nodeClasses,
    `export const parser = { ${names.join(", ")} };`,
  ].join("\n");
  buildSync({
    stdin: { contents, loader: "js" },
    outfile,
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "cjs",
    platform: "node",
    target: "node20",
    banner: { js: `${licence}\n/* Cut down to its parser for zcache. */\n"use strict";` },
    logLevel: "error",
  });
}

function parse(text) {
  return ts.createSourceFile("typescript.js", text, ts.ScriptTarget.Latest, true);
}

/** Reads the body of the function that contains all of typescript.js. */
function readStatements(text) {
  const [, body] = parse(text).statements;
  return body.expression.expression.expression.body.statements;
}

/**
 * Returns statements by the names they declare, with the calls that initialise what was declared.
 */
function declarationsOf(statements) {
  const byName = new Map();
  const add = (name, statement) => byName.set(name, [...(byName.get(name) ?? []), statement]);
  for (const statement of statements) {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      add(statement.name.text, statement);
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations)
        for (const one of ts.isIdentifier(name)
          ? [name]
          : name.elements.map((element) => element.name))
          add(one.text, statement);
    if (!ts.isExpressionStatement(statement)) continue;
    const end = statement.getText();
    const made = /\((\w+) \|\| \(\1 = \{\}\)\);$/.exec(end)?.[1];
    const extended = /^(\w+)\.\w+ = /.exec(end)?.[1];
    if (made && selfMade.includes(made)) add(made, statement);
    else if (extended && !made) add(extended, statement);
  }
  return byName;
}

function reach(statements, names) {
  const byName = declarationsOf(statements);
  const kept = new Set();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (left.has(name)) continue;
    for (const statement of byName.get(name) ?? []) {
      if (kept.has(statement)) continue;
      kept.add(statement);
      waiting.push(...namesIn([statement]));
    }
  }
  for (const name of names)
    if (!byName.has(name) && /^[a-z]/.test(name) && !parameters.includes(name))
      throw new Error(`typescript.js declares no ${name}.`);
  return kept;
}

/** Returns the names that are read, but not those that follow a dot or precede a colon. */
function namesIn(nodes) {
  const names = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isName =
        (ts.isPropertyAccessExpression(parent) ||
          ts.isPropertyAssignment(parent) ||
          ts.isMethodDeclaration(parent)) &&
        parent.name === node;
      if (!isName) names.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  nodes.forEach(visit);
  return names;
}

/**
 * Removes unused messages: the compiler's messages are one object, of which the parser needs a
 * tenth.
 */
function withoutUnused(statement, kept) {
  const text = statement.getText();
  if (!text.startsWith("var Diagnostics = {")) return text;
  const used = new Set();
  for (const other of kept)
    if (other !== statement)
      for (const [, name] of other.getText().matchAll(/\bDiagnostics\.(\w+)/g)) used.add(name);
  const [{ initializer }] = statement.declarationList.declarations;
  const properties = initializer.properties.filter(({ name }) => used.has(name.text));
  return `var Diagnostics = {\n${properties.map((property) => property.getText()).join(",\n")}\n};`;
}

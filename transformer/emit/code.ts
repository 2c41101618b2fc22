import type ts from "typescript";
import { pureMark, pureText } from "./pure-call";

/**
 * Creates statements from text, to be put into another file. They are detached from the text that
 * they were parsed from: without positions they get no source maps and no comments, and the
 * compiler does not take them for nodes that it has checked.
 */
export function createStatements(compiler: typeof ts, text: string): ts.Statement[] {
  const file = compiler.createSourceFile("emitted.ts", text, compiler.ScriptTarget.Latest, false);
  // The flag's number differs between versions, and not all of their declarations have it.
  const { Synthesized } = compiler.NodeFlags as unknown as { readonly Synthesized: ts.NodeFlags };
  const detach = (node: ts.Node): void => {
    const isPure =
      compiler.isCallExpression(node) &&
      text.slice(node.pos, node.getStart(file)).endsWith(pureMark);
    cut(node);
    (node as { flags: ts.NodeFlags }).flags |= Synthesized;
    if (isPure)
      compiler.addSyntheticLeadingComment(
        node,
        compiler.SyntaxKind.MultiLineCommentTrivia,
        pureText,
      );
    compiler.forEachChild(node, detach, (nodes) => {
      cut(nodes);
      nodes.forEach(detach);
    });
  };
  file.statements.forEach(detach);
  return [...file.statements];
}

/** Creates an expression from pieces of text and nodes. The nodes are kept as they are. */
export function createExpression(
  compiler: typeof ts,
  pieces: readonly (string | ts.Node)[],
): ts.Expression {
  const nodes = pieces.filter((piece) => typeof piece !== "string");
  const texts = pieces.map((piece) =>
    typeof piece === "string" ? piece : `${hole}${nodes.indexOf(piece)}`,
  );
  const [statement] = createStatements(compiler, `(${texts.join("")})`) as [ts.ExpressionStatement];
  const fill = (node: ts.Node): ts.Node => {
    // Here a method represents a property without a value.
    const name = compiler.isShorthandPropertyAssignment(node) ? node.name : node;
    const index =
      compiler.isIdentifier(name) && name.text.startsWith(hole)
        ? Number(name.text.slice(hole.length))
        : null;
    return (
      (index === null ? undefined : nodes[index]) ?? compiler.visitEachChild(node, fill, undefined)
    );
  };
  return fill((statement.expression as ts.ParenthesizedExpression).expression) as ts.Expression;
}

/**
 * Gives a node made from another node the file and place of that node, for transformers that run
 * after zcache and ask for its text or its comments.
 */
export function inPlaceOf<Node extends ts.Node>(
  compiler: typeof ts,
  original: ts.Node,
  node: Node,
): Node {
  const made = node as { parent: ts.Node | undefined };
  if (node !== original) made.parent ??= compiler.getOriginalNode(original).parent;
  return node;
}

/** Gives a new name the comments around the name that it takes the place of. */
export function nameInPlaceOf<Name extends ts.Node>(
  compiler: typeof ts,
  original: ts.Node | undefined,
  name: Name,
): Name {
  return original ? compiler.setCommentRange(name, compiler.getCommentRange(original)) : name;
}

/** No name in emitted code begins like this. */
const hole = "zcache$hole$";

function cut(range: { pos: number; end: number }): void {
  range.pos = -1;
  range.end = -1;
}

/** Returns a name that occurs nowhere in the file: `wanted`, or with a number after it. */
export function freeName(fileText: string, wanted: string, taken: Set<string>): string {
  const word = wanted.replaceAll(/[^\p{ID_Continue}$]/gu, "");
  const base = /^\p{ID_Start}|^[$_]/u.test(word) ? word : `_${word}`;
  let name = base;
  for (let i = 1; taken.has(name) || occursIn(fileText, name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}

function occursIn(text: string, name: string): boolean {
  // Hardly any of the requested names occurs at all, and finding that out takes no pattern.
  if (!text.includes(name)) return false;
  return new RegExp(
    `(?<![\\p{ID_Continue}$])${name.replaceAll("$", "\\$")}(?![\\p{ID_Continue}$])`,
    "u",
  ).test(text);
}

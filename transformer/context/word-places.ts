import type ts from "typescript";
import { type Syntax } from "./syntax";
import { walkTree } from "./walk-tree";

/**
 * Finds the positions of the words in a text, in order. Words in comments and strings count too,
 * because finding them all takes no parser.
 */
export function placesOf(
  text: string,
  words: Iterable<string>,
  { pos, end }: ts.TextRange,
): number[] {
  const places: number[] = [];
  const part = text.slice(pos, end);
  for (const word of words)
    for (let at = part.indexOf(word); at >= 0; at = part.indexOf(word, at + 1))
      places.push(pos + at);
  return places.sort((a, b) => a - b);
}

/**
 * Whether one of the positions is in the node, or among the comments before it. If none is, there
 * is nothing to look for in the node.
 */
export function holdsPlace(places: readonly number[], { pos, end }: ts.TextRange): boolean {
  let first = 0;
  for (let after = places.length; first < after;) {
    const middle = (first + after) >> 1;
    if ((places[middle] as number) < pos) first = middle + 1;
    else after = middle;
  }
  const place = places[first];
  return place !== undefined && place < end;
}

/**
 * Visits the nodes whose text has one of the words, parents first. In a large file these are few.
 * The descendants of a node for which `visit` returns "skip" are left out.
 */
export function visitNodesWith(
  compiler: Syntax,
  root: ts.Node,
  words: Iterable<string>,
  visit: (node: ts.Node) => "skip" | void,
): void {
  const places = placesOf(root.getSourceFile().text, words, root);
  walkTree(compiler, root, (node) => (holdsPlace(places, node) ? visit(node) : "skip"));
}

/**
 * Whether the file has an identifier of that name. The compiler's parser keeps the names of a file.
 * If a compiler doesn't, the text is searched.
 */
export function mayName(file: ts.SourceFile, name: string): boolean {
  const { identifiers } = file as { identifiers?: ReadonlyMap<string, string> };
  return identifiers ? identifiers.has(name) : file.text.includes(name);
}

/** Visits the identifiers that have one of the names. */
export function visitNames(
  compiler: Syntax,
  root: ts.Node,
  names: ReadonlySet<string>,
  visit: (node: ts.Identifier) => void,
): void {
  visitNodesWith(compiler, root, names, (node) => {
    if (compiler.isIdentifier(node) && names.has(node.text)) visit(node);
  });
}

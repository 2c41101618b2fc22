import type ts from "typescript";
import { type Syntax } from "./syntax";

/** A word or sign of a node itself, such as `function` and `(`. */
export interface Token {
  readonly kind: ts.SyntaxKind;
  /** Where the comments and blanks before it begin. */
  readonly pos: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the tokens of a node that are not part of its children, in order. Not every compiler has
 * nodes for them.
 */
export function* ownTokens(ts: Syntax, node: ts.Node): Generator<Token> {
  const file = node.getSourceFile();
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  let pos = node.pos;
  for (const next of [...children, null]) {
    yield* tokensBetween(ts, file, pos, next?.pos ?? node.end);
    pos = next?.end ?? pos;
  }
}

function* tokensBetween(
  ts: Syntax,
  { text, languageVariant }: ts.SourceFile,
  pos: number,
  end: number,
): Generator<Token> {
  if (pos >= end) return;
  const { Latest } = ts.ScriptTarget;
  const scanner = ts.createScanner(Latest, true, languageVariant, text, undefined, pos, end - pos);
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
    yield {
      kind,
      pos: scanner.getTokenFullStart(),
      start: scanner.getTokenStart(),
      end: scanner.getTokenEnd(),
    };
}

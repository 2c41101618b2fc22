import type ts from "typescript";
import { type FileContext } from "../context/file-context";
import { ownTokens } from "../context/own-tokens";

/** A comment, and the token that follows it. */
export interface PlacedComment {
  readonly comment: ts.CommentRange;
  readonly token: ts.Node;
  /** All comments between this token and the one before it, in order. */
  readonly siblings: readonly ts.CommentRange[];
}

/**
 * Finds the comment around a position. Successive calls usually concern one comment, or the
 * comments before one token, so the last answer is kept and a long comment is not read again for
 * each word in it.
 */
export class Comments {
  #last: PlacedComment | null = null;
  #token: { readonly node: ts.Node; readonly comments: readonly ts.CommentRange[] } | null = null;

  constructor(private readonly context: Pick<FileContext, "ts" | "sourceFile">) {}

  /** Returns null if the position is in code, in a string, in a template or in JSX text. */
  around(position: number): PlacedComment | null {
    if (this.#last && holds(this.#last.comment, position)) return this.#last;
    const token = this.#tokenAround(position);
    if (!token) return null;
    const { node, comments } = token;
    const comment = comments.find((range) => holds(range, position));
    return comment ? (this.#last = { comment, token: node, siblings: comments }) : null;
  }

  #tokenAround(position: number): { node: ts.Node; comments: readonly ts.CommentRange[] } | null {
    const { ts, sourceFile } = this.context;
    if (this.#token && holds(this.#token.node, position)) return this.#token;
    const node = tokenAround(ts, sourceFile, position);
    if (!node) return null;
    const { text } = sourceFile;
    const trailing = ts.getTrailingCommentRanges(text, node.pos) ?? [];
    // At the start of the file the first comment is both leading and trailing.
    const leading = (ts.getLeadingCommentRanges(text, node.pos) ?? []).filter(
      ({ pos }) => !trailing.some((other) => other.pos === pos),
    );
    return (this.#token = { node, comments: [...trailing, ...leading] });
  }
}

function holds(range: ts.TextRange, position: number): boolean {
  return range.pos <= position && position < range.end;
}

/**
 * Finds the token whose text, including the comments and blanks before it, contains the position.
 * It returns null in JSX text.
 */
function tokenAround(
  ts: FileContext["ts"],
  sourceFile: ts.SourceFile,
  position: number,
): ts.Node | null {
  let node: ts.Node = sourceFile;
  for (;;) {
    const inside = ts.forEachChild(node, (child) => (holds(child, position) ? child : undefined));
    if (inside?.kind === ts.SyntaxKind.JsxText) return null;
    if (inside) node = inside;
    else if (node === sourceFile) return sourceFile.endOfFileToken;
    else return isToken(ts, node) ? node : ownTokenAround(ts, node, position);
  }
}

function ownTokenAround(ts: FileContext["ts"], parent: ts.Node, position: number): ts.Node {
  for (const token of ownTokens(ts, parent))
    if (holds(token, position))
      return { ...token, parent, getStart: () => token.start } as unknown as ts.Node;
  return parent;
}

function isToken({ SyntaxKind }: FileContext["ts"], { kind }: ts.Node): boolean {
  return kind >= SyntaxKind.FirstToken && kind <= SyntaxKind.LastToken;
}

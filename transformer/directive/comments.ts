import type ts from "typescript";
import { type FileContext } from "../context/file-context";

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
    if (this.#token && this.#token.node.pos <= position && position < this.#token.node.end)
      return this.#token;
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
 */
function tokenAround(
  ts: FileContext["ts"],
  sourceFile: ts.SourceFile,
  position: number,
): ts.Node | null {
  let node: ts.Node = sourceFile;
  const isAround = (child: ts.Node): boolean => child.pos <= position && position < child.end;
  for (;;) {
    // A node's tokens are created on demand, so only those of the innermost node are.
    const inside =
      ts.forEachChild(node, (child) => (isAround(child) ? child : undefined)) ??
      node.getChildren(sourceFile).find((child) => isAround(child) && !isJsDoc(ts, child));
    if (inside) node = inside;
    else if (node === sourceFile) return sourceFile.endOfFileToken;
    else return node;
    if (node.kind === ts.SyntaxKind.JsxText) return null;
    if (node.getChildCount(sourceFile) === 0) return node;
  }
}

function isJsDoc({ SyntaxKind }: FileContext["ts"], { kind }: ts.Node): boolean {
  return kind >= SyntaxKind.FirstJSDocNode && kind <= SyntaxKind.LastJSDocNode;
}

import type ts from "typescript";
import { type FileContext } from "./file-context";
import { type Line, SourceText, type Span } from "./source-text";

/** A comment that begins with `@zcache`, unparsed. */
export interface FoundDirective {
  /** The word `@zcache` itself: where problems of the whole directive are shown. */
  readonly word: Span;
  /** What follows it. */
  readonly text: SourceText;
  /** The token behind the comment. */
  readonly token: ts.Node;
  /** The comment ends a line that begins with something else: it belongs to what stands before it. */
  readonly trailing: boolean;
}

const word = "@zcache";

/**
 * All directives of a file, in order. Only comments count, not strings, templates or
 * JSX text; and only a comment (of a JSDoc block, a line) that begins with the word:
 * prose may mention it.
 */
export function findDirectives({ ts, sourceFile }: FileContext): FoundDirective[] {
  const found: FoundDirective[] = [];
  const { text } = sourceFile;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (/[\w$-]/.test(text[at + word.length] ?? "")) continue;
    const token = tokenAround(ts, sourceFile, at);
    const comment = token && commentAround(ts, sourceFile, token, at);
    if (!token || !comment) continue;
    const lines =
      comment.kind === ts.SyntaxKind.SingleLineCommentTrivia
        ? linesOfLineComments(ts, text, token, comment, at)
        : linesOfBlock(text, comment, at);
    if (!lines) continue;
    found.push({
      word: { start: at, end: at + word.length },
      text: new SourceText(lines),
      token,
      trailing: isTrailing(text, token, comment, sourceFile),
    });
  }
  return found;
}

/** The token whose text, with the comments and blanks before it, holds the position. */
function tokenAround(ts: FileContext["ts"], sourceFile: ts.SourceFile, position: number): ts.Node | null {
  let node: ts.Node = sourceFile;
  const isAround = (child: ts.Node): boolean => child.pos <= position && position < child.end;
  for (;;) {
    // The tokens of a node are made when they are asked for: in the innermost node only.
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

function commentAround(
  ts: FileContext["ts"],
  { text }: ts.SourceFile,
  token: ts.Node,
  position: number,
): ts.CommentRange | null {
  const ranges = [
    ...(ts.getTrailingCommentRanges(text, token.pos) ?? []),
    ...(ts.getLeadingCommentRanges(text, token.pos) ?? []),
  ];
  return ranges.find((range) => range.pos <= position && position < range.end) ?? null;
}

/** The rest of the line, and the line comments right below that are indented further than the word. */
function linesOfLineComments(
  ts: FileContext["ts"],
  text: string,
  token: ts.Node,
  first: ts.CommentRange,
  at: number,
): Line[] | null {
  if (!/^\/\/+[ \t]*$/.test(text.slice(first.pos, at))) return null;
  const lines: Line[] = [{ text: text.slice(at + word.length, first.end), start: at + word.length }];
  const indent = at - first.pos;
  let end = first.end;
  for (const range of ts.getLeadingCommentRanges(text, token.pos) ?? []) {
    if (range.pos < end) continue;
    const between = text.slice(end, range.pos);
    if (range.kind !== ts.SyntaxKind.SingleLineCommentTrivia || !/^\r?\n[ \t]*$/.test(between)) break;
    const body = text.slice(range.pos, range.end).replace(/^\/\/+/, (slashes) => " ".repeat(slashes.length));
    if (body.search(/\S/) <= indent) break;
    lines.push({ text: body, start: range.pos });
    end = range.end;
  }
  return lines;
}

/** The rest of the block, in JSDoc up to the next tag. */
function linesOfBlock(text: string, comment: ts.CommentRange, at: number): Line[] | null {
  if (!/(^\/\*\*?|\n)[ \t]*\*?[ \t]*$/.test(text.slice(comment.pos, at))) return null;
  const isJsDoc = text.startsWith("/**", comment.pos);
  const end = text.endsWith("*/", comment.end) ? comment.end - 2 : comment.end;
  const lines: Line[] = [];
  let start = at + word.length;
  while (start < end) {
    const newline = text.indexOf("\n", start);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    const line = text.slice(start, lineEnd).replace(/\r$/, "");
    // The stars that begin the lines of a block are blanks to YAML.
    const body = lines.length === 0 ? line : line.replace(/^[ \t]*\*/, (lead) => " ".repeat(lead.length));
    if (lines.length > 0 && isJsDoc && body.trimStart().startsWith("@")) break;
    lines.push({ text: body, start });
    start = lineEnd + 1;
  }
  if (lines.length === 0) lines.push({ text: "", start: end });
  return lines;
}

/** `f(); // @zcache`: something before it on its line, nothing behind it. */
function isTrailing(text: string, token: ts.Node, comment: ts.CommentRange, sourceFile: ts.SourceFile): boolean {
  const lineStart = text.lastIndexOf("\n", comment.pos) + 1;
  const before = text.slice(lineStart, comment.pos).trim();
  return before !== "" && text.slice(comment.end, token.getStart(sourceFile)).includes("\n");
}

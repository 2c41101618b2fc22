import type ts from "typescript";
import { Comments, type PlacedComment } from "./comments";
import { type FileContext } from "../context/file-context";
import { optionPattern, startsOption } from "./option-lines";
import { type Line, SourceText, type Span } from "../context/source-text";

/** An unparsed comment that begins with `@zcache`. */
export interface FoundDirective {
  /** The word `@zcache` itself, where problems of the whole directive are shown. */
  readonly word: Span;
  /** The text after the word. */
  readonly text: SourceText;
  /** The token after the comment. */
  readonly token: ts.Node;
  /**
   * Whether the comment ends a line that begins with something else, so that it belongs to what
   * precedes it.
   */
  readonly trailing: boolean;
}

const word = "@zcache";

/**
 * Finds all directives of a file, in order. Only comments count, not strings, templates or JSX
 * text. The word has to begin the comment (in a block comment, a line), because prose may mention
 * it. In a JSDoc block it may also follow a sentence, if an option or nothing comes after it.
 */
export function findDirectives({
  ts,
  sourceFile,
}: Pick<FileContext, "ts" | "sourceFile">): FoundDirective[] {
  const found: FoundDirective[] = [];
  const { text } = sourceFile;
  const comments = new Comments({ ts, sourceFile });
  let searchedTo = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at < searchedTo || /[\w$-]/.test(text[at + word.length] ?? "")) continue;
    const placed = comments.around(at);
    if (!placed) continue;
    const { comment, token } = placed;
    const isLine = comment.kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const begins = isLine
      ? /^\/\/+!?[ \t]*$/.test(text.slice(comment.pos, at))
      : beginsLine(text, comment, at);
    // A line comment has one beginning, and so has a line of a block.
    searchedTo = isLine ? comment.end : Math.min(comment.end, endOfLine(text, at));
    if (!begins) continue;
    found.push({
      word: { start: at, end: at + word.length },
      text: new SourceText(
        isLine ? linesOfLineComments(ts, text, placed, at) : linesOfBlock(text, comment, at),
      ),
      token,
      trailing: isTrailing(text, token, comment, sourceFile),
    });
  }
  return found;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/**
 * Accepts `/* @zcache`, `/*! @zcache`, ` * @zcache`, and `/** Loads. @zcache` followed by options
 * or by nothing.
 */
function beginsLine(text: string, { pos }: ts.CommentRange, at: number): boolean {
  const lineStart = Math.max(pos, text.lastIndexOf("\n", at) + 1);
  const before = text.slice(lineStart, at);
  if (lineStart === pos ? /^\/\*+!?[ \t]*$/.test(before) : /^[ \t]*\*?[ \t]*$/.test(before))
    return true;
  return (
    text.startsWith("/**", pos) &&
    /[.!?][ \t]+$/.test(before) &&
    startsOption(text, at + word.length)
  );
}

/**
 * Returns the rest of the line and the line comments right below that belong to it: those that are
 * indented further than the word, those that give an option, and those within open brackets.
 */
function linesOfLineComments(
  ts: FileContext["ts"],
  text: string,
  { comment: first, siblings }: PlacedComment,
  at: number,
): Line[] {
  const lines: Line[] = [
    { text: text.slice(at + word.length, first.end), start: at + word.length },
  ];
  let indent = at - first.pos;
  let { end } = first;
  let open = openBrackets(lines[0]?.text ?? "");
  for (let i = siblings.indexOf(first) + 1; i < siblings.length; i++) {
    const range = siblings[i] as ts.CommentRange;
    const between = text.slice(end, range.pos);
    if (range.kind !== ts.SyntaxKind.SingleLineCommentTrivia) break;
    const body = text
      .slice(range.pos, range.end)
      .replace(/^\/\/+!?/, (marks) => " ".repeat(marks.length));
    const column = body.search(/\S/);
    const isOption = optionPattern.test(body);
    const isItem = /^\s*- /.test(body) && /(?::|^\s*- .*)\s*$/.test(lines.at(-1)?.text ?? "");
    // After an empty line another comment begins, unless the line is an option.
    if (!isOption && !/^\r?\n[ \t]*$/.test(between)) break;
    if (column <= indent && open <= 0 && !isOption && !isItem) break;
    // Lines that belong to an option are indented further than the option.
    if (isOption) indent = Math.min(indent, column);
    open += openBrackets(body);
    lines.push({ text: body, start: range.pos });
    ({ end } = range);
  }
  return lines;
}

/** Counts how many brackets a line opens and doesn't close, outside quotes. */
function openBrackets(line: string): number {
  let open = 0;
  for (const [char] of line
    .replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'|(?<=^|\s)#.*/g, "")
    .matchAll(/[[\]{}]/g))
    open += char === "[" || char === "{" ? 1 : -1;
  return open;
}

/**
 * Returns the rest of the block: in JSDoc up to the next tag, and always up to the next directive.
 */
function linesOfBlock(text: string, comment: ts.CommentRange, at: number): Line[] {
  const isJsDoc = text.startsWith("/**", comment.pos);
  let end = comment.end;
  // `**/` ends a comment too.
  if (text.endsWith("*/", end)) for (end -= 2; text[end - 1] === "*" && end > at;) end--;
  const lines: Line[] = [];
  let start = at + word.length;
  while (start < end) {
    const newline = text.indexOf("\n", start);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    const line = text.slice(start, lineEnd).replace(/\r$/, "");
    // For YAML, the stars that begin the lines of a block become blanks.
    const body =
      lines.length === 0 ? line : line.replace(/^[ \t]*\*/, (lead) => " ".repeat(lead.length));
    if (lines.length > 0 && (line.includes(word) || (isJsDoc && body.trimStart().startsWith("@"))))
      break;
    lines.push({ text: body, start });
    start = lineEnd + 1;
  }
  if (lines.length === 0) lines.push({ text: "", start: end });
  return lines;
}

/**
 * Recognises `f(); // @zcache`: something comes before the comment on its line, and nothing after
 * it.
 */
function isTrailing(
  text: string,
  token: ts.Node,
  comment: ts.CommentRange,
  sourceFile: ts.SourceFile,
): boolean {
  const lineStart = text.lastIndexOf("\n", comment.pos) + 1;
  const before = text.slice(lineStart, comment.pos).trim();
  return before !== "" && text.slice(comment.end, token.getStart(sourceFile)).includes("\n");
}

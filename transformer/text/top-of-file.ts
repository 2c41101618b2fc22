import type ts from "typescript";
import { type Syntax } from "../context/syntax";

/** A place in the text, and what must stand there before code can. */
export interface Place {
  readonly position: number;
  readonly before: string;
}

/**
 * Where code can stand that is to run before all else of the file: behind what must stay on top, which is a byte order mark, a
 * hashbang, a prologue such as `"use strict"`, and comments about the whole file; and before the comments of the first statement.
 */
export function topOf(ts: Syntax, file: ts.SourceFile): Place {
  const [first] = file.statements;
  return afterPrologue(ts, file.statements) ?? { position: beforeComments(ts, file, first), before: "" };
}

/** Behind `"use strict"` and its like, which would mean nothing further down; null where there is none. */
export function afterPrologue(ts: Syntax, statements: readonly ts.Statement[]): Place | null {
  const first = statements.findIndex(
    (statement) => !(ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression)),
  );
  const last = statements[(first < 0 ? statements.length : first) - 1];
  if (!last) return null;
  return { position: last.end, before: last.getText().endsWith(";") ? " " : "; " };
}

/** The comments right above a statement are about it: `istanbul ignore next` means what follows. Above a blank line they're the file's. */
function beforeComments(ts: Syntax, file: ts.SourceFile, first: ts.Statement | undefined): number {
  const { text } = file;
  if (!first) return text.length;
  const start = first.getStart(file);
  const comments = ts.getLeadingCommentRanges(text, first.pos) ?? [];
  let position = start;
  for (const { pos, end } of comments.toReversed()) {
    if (text.slice(end, position).split("\n").length > 2) break;
    // What a tool looks for at the top of a file must stay there.
    if (aboutFile.test(text.slice(pos, end))) return start;
    position = pos;
  }
  return position;
}

const aboutFile = /@(ts-|jsx|jest-|vitest-|license|preserve|flow)|^\/\/\/|istanbul ignore file|c8 ignore file/;

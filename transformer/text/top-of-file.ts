import type ts from "typescript";
import { type Syntax } from "../context/syntax";

/** A place in the text, and what must be inserted there before code can be. */
export interface Place {
  readonly position: number;
  readonly before: string;
}

/**
 * Finds the place for code that has to run before everything else in the file: after what must stay
 * on top, which is a byte order mark, a hashbang, a prologue such as `"use strict"`, and comments
 * about the whole file, and before the comments of the first statement.
 */
export function topOf(ts: Syntax, file: ts.SourceFile): Place {
  const [first] = file.statements;
  return (
    afterPrologue(ts, file.statements) ?? { position: beforeComments(ts, file, first), before: "" }
  );
}

/**
 * Returns the place after directives such as `"use strict"`, which would mean nothing further down,
 * or null if there is none.
 */
export function afterPrologue(ts: Syntax, statements: readonly ts.Statement[]): Place | null {
  const first = statements.findIndex(
    (statement) =>
      !(ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression)),
  );
  const last = statements[(first < 0 ? statements.length : first) - 1];
  if (!last) return null;
  return { position: last.end, before: last.getText().endsWith(";") ? " " : "; " };
}

/**
 * Returns the place before the comments of a statement. Comments right above a statement are about
 * it (`istanbul ignore next` refers to what follows); comments above a blank line are about the
 * file.
 */
function beforeComments(ts: Syntax, file: ts.SourceFile, first: ts.Statement | undefined): number {
  const { text } = file;
  if (!first) return text.length;
  const start = first.getStart(file);
  const comments = ts.getLeadingCommentRanges(text, first.pos) ?? [];
  let position = start;
  for (const { pos, end } of comments.toReversed()) {
    if (text.slice(end, position).split("\n").length > 2) break;
    // Comments that a tool looks for at the top of a file must stay there.
    if (aboutFile.test(text.slice(pos, end))) return start;
    position = pos;
  }
  return position;
}

const aboutFile =
  /@(ts-|jsx|jest-|vitest-|license|preserve|flow)|^\/\/\/|istanbul ignore file|c8 ignore file/;

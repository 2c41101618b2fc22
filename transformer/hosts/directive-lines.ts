import { lineNumber } from "../context/line-number";
import { findDirectives } from "../directive/find-directives";
import { parser as ts } from "../text/parser";

/** Returns the line of each directive of a file that zcache does not compile. */
export function linesOfDirectives(text: string, file: string): readonly number[] {
  const sourceFile = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return findDirectives({ ts, sourceFile }).map(({ word }) => lineNumber(sourceFile, word.start));
}

import type ts from "typescript";

/** Returns the number of the line at a position, as editors count: the first one is 1. */
export function lineNumber(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1;
}

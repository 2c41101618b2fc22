import type ts from "typescript";
import { mayName, visitNames } from "../../context/word-places";
import { type TypeContext } from "../types/platform-types";
import { testFile } from "./constructions";

/**
 * Visits the identifiers of one name in all sources of the program. A test may make and provide
 * what the program itself never does.
 */
export function visitNamesOfProgram(
  { ts, program }: TypeContext,
  name: string,
  files: "all" | "without tests",
  visit: (node: ts.Identifier) => void,
): void {
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || !mayName(file, name)) continue;
    if (files === "without tests" && testFile.test(file.fileName)) continue;
    visitNames(ts, file, new Set([name]), visit);
  }
}

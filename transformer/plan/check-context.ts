import type ts from "typescript";
import { type PlannedTarget } from "./analyze-file";
import { type FileContext } from "../context/file-context";
import { type Scalar } from "../directive/parse-directive";
import { type Problem } from "../context/rules";

/**
 * A check looks at the targets of a file with the help of types, and reports problems. It changes
 * nothing that is emitted, so a file compiled without types is the same.
 */
export type Check = (context: CheckContext) => void;

export interface CheckContext extends Omit<FileContext, "report" | "ts"> {
  readonly ts: typeof ts;
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  /** The targets of this file. */
  readonly targets: readonly PlannedTarget[];
  /** The targets of all files of the program, in the program's order. */
  readonly project: () => readonly ProjectTarget[];
  /**
   * For each directive of the program with an error, the tags that it would have, or null if they
   * can't be read.
   */
  readonly failed: () => readonly (readonly Scalar[] | null)[];
  /**
   * @param target the target whose directive may allow the problem; left out where the problem is
   * not a directive's
   */
  readonly report: (problem: Problem, target?: PlannedTarget) => void;
}

export interface ProjectTarget extends PlannedTarget {
  readonly sourceFile: ts.SourceFile;
}

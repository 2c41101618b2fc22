import { describeProblems, frameOf, type HostProblem } from "./host-problem";

/** An error in the form that `this.error` of rollup, rolldown and vite takes. */
export interface RollupError {
  readonly message: string;
  readonly id?: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
  readonly frame?: string;
  readonly pluginCode?: string;
}

/** Makes one error, at the place of the first problem; its text contains the others. */
export function rollupError(problems: readonly HostProblem[]): RollupError {
  const [first, ...others] = problems as [HostProblem, ...HostProblem[]];
  const message = `TS${first.code}: ${first.message}`;
  return {
    message: others.length === 0 ? message : `${describeProblems(problems)}\n`,
    id: first.file,
    // Columns of rollup begin at 0.
    loc: { file: first.file, line: first.line, column: first.column - 1 },
    frame: frameOf(first),
    pluginCode: `TS${first.code}`,
  };
}

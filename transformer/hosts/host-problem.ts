import { relative } from "node:path";
import { type TextProblem } from "../text/text-problem";

/** A mistake, in a form that any host can show. */
export interface HostProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** How many columns of the line it covers. */
  readonly length: number;
  /** A code like those of the compiler: 990101. */
  readonly code: number;
  readonly message: string;
  /** The whole line. */
  readonly lineText: string;
}

export function locate(
  text: string,
  file: string,
  { code, message, start, end }: TextProblem,
): HostProblem {
  const lineStart =
    Math.max(text.lastIndexOf("\n", start - 1), text.lastIndexOf("\r", start - 1)) + 1;
  const line = text.slice(0, lineStart).split(/\r\n|\r|\n/).length;
  const lineText = /^[^\r\n]*/.exec(text.slice(lineStart))?.[0] ?? "";
  const column = start - lineStart + 1;
  const length = Math.max(1, Math.min(end, lineStart + lineText.length) - start);
  return { file, line, column, length, code, message, lineText };
}

/** Returns the line with a mark below, and its neighbours above. */
export function frameOf({ line, column, length, lineText }: HostProblem): string {
  const number = String(line);
  const mark = `${" ".repeat(number.length)} | ${" ".repeat(column - 1)}${"^".repeat(length)}`;
  // Tabs would shift the mark.
  return `${number} | ${lineText.replaceAll("\t", " ")}\n${mark}`;
}

/**
 * Returns `src/user.ts:12:5: error TS990101: …` with the frame, for hosts that show only a text.
 */
export function describeProblem(problem: HostProblem): string {
  const { file, line, column, code, message } = problem;
  const shown = relative(process.cwd(), file);
  const path = shown.startsWith("..") ? file : shown.replaceAll("\\", "/");
  return `${path}:${line}:${column}: error TS${code}: ${message}\n${frameOf(problem)}`;
}

/** Returns the text of one error, for hosts that can show only one. */
export function describeProblems(problems: readonly HostProblem[]): string {
  return problems.map(describeProblem).join("\n\n");
}

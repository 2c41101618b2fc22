import type ts from "typescript";
import { type DiskState } from "../hosts/disk-state";
import { printable, printableLines } from "./printable";

/** A finding of `zcache check`, with its place. */
export interface Reported {
  readonly grade: "error" | "hint" | "lock";
  /** `TS990101`; null for findings about the lock. */
  readonly code: number | null;
  /** `unknown-placeholder`; null for the compiler's own problems. */
  readonly name: string | null;
  readonly message: string;
  /** The path relative to the tsconfig. */
  readonly file: string;
  /** The position, counted from 1. Null means the whole file. */
  readonly start: Place | null;
  readonly end: Place | null;
  /** The line's text, for people. */
  readonly source: string | null;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

export type Format = "pretty" | "json" | "github";

export const formats: readonly Format[] = ["pretty", "json", "github"];

/** Codes above this one are zcache's. */
const firstCode = 990000;

export function isOwnCode(code: number): boolean {
  return code >= firstCode;
}

export function reportDiagnostic(
  compiler: typeof ts,
  { file, start = 0, length = 0, code, messageText }: ts.Diagnostic,
  grade: "error" | "hint",
  showPath: (fileName: string) => string,
): Reported {
  const text = compiler.flattenDiagnosticMessageText(messageText, "\n");
  const [, name = null] = /\[zcache\/([\w-]+)\]$/.exec(text) ?? [];
  const message = text.replace(/ \[zcache\/[\w-]+\]$/, "");
  if (!file) return { grade, code, name, message, file: "", start: null, end: null, source: null };
  return { grade, code, name, message, ...placeOf(file, start, start + length, showPath) };
}

export function placeOf(
  file: ts.SourceFile,
  start: number,
  end: number,
  showPath: (fileName: string) => string,
): Pick<Reported, "file" | "start" | "end" | "source"> {
  const place = (at: number): Place => {
    const { line, character } = file.getLineAndCharacterOfPosition(at);
    return { line: line + 1, column: character + 1 };
  };
  const from = place(start);
  const source = file.text.split(/\r?\n/)[from.line - 1] ?? "";
  return { file: showPath(file.fileName), start: from, end: place(end), source };
}

type Printer = (
  problems: readonly Reported[],
  files: readonly string[],
  state?: DiskState | null,
) => string;

/** The `files` are those that were checked. A program that keeps the answer has to watch them. */
export const printers: Record<Exclude<Format, "pretty">, Printer> = {
  json: (problems, files, state) => {
    const printed = {
      problems: problems.map((problem) => ({ ...problem, source: undefined })),
      files,
    };
    return `${JSON.stringify(state === undefined ? printed : { ...printed, state }, null, 2)}\n`;
  },
  github: (problems) => problems.map(printGithub).join(""),
};

const colors = { error: 31, hint: 36, lock: 33, dim: 90 } as const;

/** Prints problems for people. Nothing in the text but its colours is unprintable. */
export function printPretty(problems: readonly Reported[], hasColors: boolean): string {
  return problems.map((problem) => printProblem(problem, hasColors)).join("");
}

function printProblem(
  { grade, code, name, message, file, start, end, source }: Reported,
  hasColors: boolean,
): string {
  const color = (text: string, kind: keyof typeof colors): string =>
    hasColors ? `\x1b[${colors[kind]}m${text}\x1b[0m` : text;
  const shownFile = printable(file);
  const place = start
    ? `${shownFile}(${start.line},${start.column}): `
    : file === ""
      ? ""
      : `${shownFile}: `;
  const label = code === null ? grade : `${grade} TS${code}`;
  const head = `${place}${color(label, grade)}: ${printableLines(message)}${name === null ? "" : color(` [zcache/${name}]`, "dim")}\n`;
  if (!start || !end || source === null) return head;
  // Tabs would shift the mark below the text.
  const line = source.replaceAll("\t", " ");
  const before = printable(line.slice(0, start.column - 1));
  const marked = printable(
    line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined),
  );
  const after = end.line === start.line ? printable(line.slice(end.column - 1)) : "";
  const mark = color("~".repeat(Math.max(1, marked.length)), grade);
  return `${head}  ${before}${marked}${after}\n  ${" ".repeat(before.length)}${mark}\n`;
}

const githubLevels = { error: "error", lock: "warning", hint: "notice" } as const;

function printGithub({ grade, code, name, message, file, start, end }: Reported): string {
  const title = name === null ? (code === null ? "zcache lock" : `TS${code}`) : `zcache/${name}`;
  const properties = {
    file,
    ...(start && { line: start.line, col: start.column }),
    ...(end && { endLine: end.line, endColumn: end.column }),
    title,
  };
  const list = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeProperty(String(value))}`,
  );
  return `::${githubLevels[grade]} ${list.join(",")}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

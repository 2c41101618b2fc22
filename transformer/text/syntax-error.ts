import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { type TextProblem } from "./text-problem";

/**
 * Returns the first error that keeps the parser from reading the file. What the parser read after
 * it may be anything.
 */
export function syntaxErrorOf(compiler: Syntax, file: ts.SourceFile): TextProblem | null {
  const [error] = (
    file as unknown as { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] }
  ).parseDiagnostics;
  if (!error) return null;
  const { code, start, length, messageText } = error;
  const said = compiler.flattenDiagnosticMessageText(messageText, " ");
  const message = `${said} The file can't be read, so nothing in it can be cached. (Syntax is read as of TypeScript ${compiler.version}.)`;
  return { code, message, start, end: start + Math.max(1, length) };
}

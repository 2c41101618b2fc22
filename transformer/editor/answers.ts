import type ts from "typescript";
import { type Annotation } from "./annotations";
import { type Completion } from "./completions";
import { type QuickFix } from "./quick-fixes";

/** Converts zcache's answers into the forms that TypeScript's language service uses. */

export function toCompletionInfo(
  compiler: typeof ts,
  found: readonly Completion[],
  position: number,
): ts.CompletionInfo {
  return {
    isGlobalCompletion: false,
    isMemberCompletion: found.some(({ kind }) => kind === "property" || kind === "method"),
    isNewIdentifierLocation: false,
    entries: found.map(({ name, insert, kind, detail, typed }, i) => ({
      name,
      ...(insert !== undefined && insert !== name && { insertText: insert }),
      kind: kindOf(compiler, kind),
      // The order is that in which they were found, which is that of the README or of the
      // declaration.
      sortText: `${kind === "method" ? 2 : 1}${String(i).padStart(4, "0")}`,
      replacementSpan: { start: position - typed.length, length: typed.length },
      ...(detail !== undefined && { labelDetails: { description: detail } }),
    })),
  };
}

export function toDetails(
  compiler: typeof ts,
  { name, kind, detail, summary }: Completion,
): ts.CompletionEntryDetails {
  return {
    name,
    kind: kindOf(compiler, kind),
    kindModifiers: "",
    displayParts: textParts(detail === undefined ? name : `${name}: ${detail}`),
    documentation: textParts(summary ?? ""),
  };
}

function kindOf({ ScriptElementKind }: typeof ts, kind: Completion["kind"]): ts.ScriptElementKind {
  const kinds = {
    option: ScriptElementKind.keyword,
    value: ScriptElementKind.enumMemberElement,
    parameter: ScriptElementKind.parameterElement,
    property: ScriptElementKind.memberVariableElement,
    method: ScriptElementKind.memberFunctionElement,
  };
  return kinds[kind];
}

export function textParts(text: string): ts.SymbolDisplayPart[] {
  return text === "" ? [] : [{ text, kind: "text" }];
}

/**
 * Covers the whole directive, because an editor shows nothing if the requested place is not in the
 * span.
 */
export function toQuickInfo(
  compiler: typeof ts,
  { found: { word, text } }: Annotation,
  description: string,
): ts.QuickInfo {
  return {
    kind: compiler.ScriptElementKind.unknown,
    kindModifiers: "",
    textSpan: {
      start: word.start,
      length: Math.max(word.end, text.at(text.text.length)) - word.start,
    },
    displayParts: textParts(description),
  };
}

export function toCodeFix(
  fileName: string,
  { description, change: { span, text } }: QuickFix,
): ts.CodeFixAction {
  const textChange = { span: { start: span.start, length: span.end - span.start }, newText: text };
  return { fixName: "zcache", description, changes: [{ fileName, textChanges: [textChange] }] };
}

/** Offers a change that doesn't fix a problem, in the editor's menu at that place. */
export function toRefactor({ description }: QuickFix): ts.ApplicableRefactorInfo {
  const name = `zcache: ${description}`;
  return { name, description, actions: [{ name, description, kind: "refactor.rewrite.zcache" }] };
}

/** The code under which errors of the plugin entry are reported. */
const entryCode = 990000;

/**
 * Makes the problem of the plugin entry. The entry is in tsconfig.json, which is not a source file,
 * so the problem is shown at the first directive.
 */
export function entryProblem(
  compiler: typeof ts,
  service: ts.LanguageService,
  fileName: string,
  message: string,
): ts.Diagnostic[] {
  const file = service.getProgram()?.getSourceFile(fileName);
  const start = file?.text.indexOf("@zcache") ?? -1;
  if (!file || start < 0) return [];
  const category = compiler.DiagnosticCategory.Error;
  return [
    {
      file,
      start,
      length: "@zcache".length,
      category,
      code: entryCode,
      messageText: message,
      source: "zcache",
    },
  ];
}

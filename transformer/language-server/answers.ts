import { pathToFileURL } from "node:url";
import type ts from "typescript";
import { type Problem } from "../context/rules";
import { type Completion } from "../editor/completions";
import { type EditorFile } from "../editor/project";
import { offersFor } from "../editor/offers";
import { type QuickFix, quickFixesOf } from "../editor/quick-fixes";
import { annotationAt, annotationBefore } from "../editor/annotations";
import { completionsAt } from "../editor/completions";
import { namePlace } from "../editor/definition";
import { referenceAt } from "../editor/reference";
import { describeAt, describeName } from "../editor/hover";
import {
  type CodeAction,
  type CodeActionParams,
  completionKinds,
  type CompletionItem,
  type Diagnostic,
  type Hover,
  type Location,
  type Position,
  severities,
} from "./protocol";
import { TextLines } from "./text-lines";

/** What zcache knows of an open file, in the protocol's forms. */
export class FileAnswers {
  readonly #lines: TextLines;

  constructor(
    private readonly compiler: typeof ts,
    private readonly uri: string,
    private readonly file: EditorFile,
  ) {
    this.#lines = new TextLines(file.sourceFile.text);
  }

  diagnostics(): Diagnostic[] {
    const { session, sourceFile } = this.file;
    return [
      ...session.diagnosticsOf(sourceFile).map((one) => this.#diagnostic(one, severities.error)),
      ...session.hintsOf(sourceFile).map((one) => this.#diagnostic(one, severities.information)),
    ];
  }

  #diagnostic(
    { start = 0, length = 0, code, messageText }: ts.Diagnostic,
    severity: number,
  ): Diagnostic {
    const range = this.#lines.rangeOf({ start, end: start + length });
    const message = this.compiler.flattenDiagnosticMessageText(messageText, "\n");
    return { range, severity, code, source: "zcache", message };
  }

  /**
   * The language server of TypeScript answers beside this one, so only what zcache knows is said.
   */
  hover(at: Position): Hover | null {
    const { context } = this.file;
    const offset = this.#lines.offsetAt(at);
    const annotation = annotationAt(context, offset);
    const text = annotation
      ? describeAt(context, annotation, offset)
      : describeName(context, offset);
    if (text === null) return null;
    const contents = { kind: "markdown", value: `\`\`\`text\n${text}\n\`\`\`` } as const;
    if (!annotation) return { contents };
    const { word, text: written } = annotation.found;
    const end = Math.max(word.end, written.at(written.text.length));
    return { contents, range: this.#lines.rangeOf({ start: word.start, end }) };
  }

  completions(at: Position): CompletionItem[] {
    const { context } = this.file;
    const offset = this.#lines.offsetAt(at);
    const annotation = annotationBefore(context, offset);
    const found = annotation ? completionsAt(context, annotation, offset) : [];
    return found.map((completion, i) => this.#completionItem(completion, offset, i));
  }

  #completionItem(
    { name, insert, kind, detail, summary, typed }: Completion,
    offset: number,
    index: number,
  ): CompletionItem {
    return {
      label: name,
      kind: completionKinds[kind],
      ...(detail !== undefined && { detail }),
      ...(summary !== undefined && { documentation: summary }),
      // The order is that in which they were found.
      sortText: `${kind === "method" ? 2 : 1}${String(index).padStart(4, "0")}`,
      // Editors compare it with the text that is replaced, which has the dot where `?.` takes its
      // place.
      filterText: typed.startsWith(".") ? `.${name}` : name,
      textEdit: {
        range: this.#lines.rangeOf({ start: offset - typed.length, end: offset }),
        newText: insert ?? name,
      },
    };
  }

  definition(at: Position): Location[] {
    const { context } = this.file;
    const offset = this.#lines.offsetAt(at);
    const annotation = annotationAt(context, offset);
    const found = annotation && referenceAt(context, annotation, offset);
    return (found?.declarations ?? []).map((declaration) => {
      const { file, span } = namePlace(context, declaration);
      const range = new TextLines(file.text).rangeOf(span);
      return { uri: pathToFileURL(file.fileName).href, range };
    });
  }

  codeActions({ range, context: { diagnostics, only } }: CodeActionParams): CodeAction[] {
    const { session, sourceFile, context } = this.file;
    const [start, end] = [this.#lines.offsetAt(range.start), this.#lines.offsetAt(range.end)];
    const isAsked = ({ span }: Problem): boolean => span.start <= end && start <= span.end;
    const fixes = session
      .problemsOf(sourceFile)
      .filter(isAsked)
      .flatMap((problem) => {
        const at = this.#lines.rangeOf(problem.span).start;
        const shown = diagnostics.filter(
          (one) =>
            one.code === problem.code &&
            one.range.start.line === at.line &&
            one.range.start.character === at.character,
        );
        return quickFixesOf(context, problem).map((fix) => ({
          ...this.#codeAction(fix, "quickfix"),
          diagnostics: shown,
        }));
      });
    const annotation = annotationAt(context, start);
    const offers = annotation ? offersFor(context, annotation) : [];
    const all: CodeAction[] = [
      ...fixes,
      ...offers.map((offer) => this.#codeAction(offer, "refactor.rewrite")),
    ];
    return all.filter(
      ({ kind }) => !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`)),
    );
  }

  #codeAction({ description, change: { span, text } }: QuickFix, kind: string): CodeAction {
    const edit = { range: this.#lines.rangeOf(span), newText: text };
    return { title: description, kind, edit: { changes: { [this.uri]: [edit] } } };
  }
}

/** The code under which the editor shows an error of the plugin entry. */
const entryCode = 990000;

/** The entry is in tsconfig.json, so that its problem is shown at the first directive of a file. */
export function entryDiagnostics(text: string, message: string): Diagnostic[] {
  const start = text.indexOf("@zcache");
  if (start < 0) return [];
  const range = new TextLines(text).rangeOf({ start, end: start + "@zcache".length });
  return [{ range, severity: severities.error, code: entryCode, source: "zcache", message }];
}

import type ts from "typescript";
import { type PluginOptions, resolvePluginOptions } from "../plugin-options";
import { allCodes, type Problem } from "../rules";
import { annotationAt } from "./annotations";
import { type Completion, completionsAt } from "./completions";
import { definitionAt } from "./definition";
import { describeDirective, describeName } from "./hover";
import { type EditorFile, EditorProject } from "./project";
import { quickFixesOf } from "./quick-fixes";

/** Of each project its newest decoration: tsserver decorates anew what is decorated when a tsconfig changes. */
const newest = new WeakMap<ts.server.Project, ts.LanguageService>();

/** The language service, with what zcache knows of comments. */
export function decorate(compiler: typeof ts, info: ts.server.PluginCreateInfo): ts.LanguageService {
  const inner = info.languageService;
  const log = (text: string): void => info.project.projectService.logger.info(`zcache: ${text}`);
  const outer = copyOf(inner);
  newest.set(info.project, outer);

  let options: PluginOptions;
  try {
    options = resolvePluginOptions(entryOf(info.config as Record<string, unknown>));
  } catch (error) {
    const message = (error as Error).message;
    log(message);
    outer.getSemanticDiagnostics = (fileName) => [
      ...inner.getSemanticDiagnostics(fileName),
      ...(newest.get(info.project) === outer ? entryProblem(compiler, inner, fileName, message) : []),
    ];
    return outer;
  }
  const project = new EditorProject(compiler, inner, options);

  /** What fails here must not take the compiler's own answer along. */
  function find<Value>(fileName: string, empty: Value, of: (file: EditorFile) => Value): Value {
    if (newest.get(info.project) !== outer) return empty;
    try {
      const file = project.file(fileName);
      return file ? of(file) : empty;
    } catch (error) {
      if (error instanceof compiler.OperationCanceledException) throw error;
      log((error as Error).stack ?? String(error));
      return empty;
    }
  }

  outer.getSemanticDiagnostics = (fileName) => [
    ...inner.getSemanticDiagnostics(fileName),
    ...find(fileName, [] as ts.Diagnostic[], ({ session, sourceFile }) => session.diagnosticsOf(sourceFile)),
  ];

  outer.getSuggestionDiagnostics = (fileName) => [
    ...inner.getSuggestionDiagnostics(fileName),
    ...find(fileName, [] as ts.DiagnosticWithLocation[], ({ session, sourceFile }) =>
      session.hintsOf(sourceFile).map((hint) => ({
        ...(hint as ts.DiagnosticWithLocation),
        category: compiler.DiagnosticCategory.Suggestion,
      })),
    ),
  ];

  const completionsIn = (fileName: string, position: number): readonly Completion[] | null =>
    find(fileName, null as readonly Completion[] | null, ({ context }) => {
      const annotation = annotationAt(context, position);
      return annotation && completionsAt(context, annotation, position);
    });

  outer.getCompletionsAtPosition = (fileName, position, ...rest) => {
    const own = completionsIn(fileName, position);
    return own
      ? toCompletionInfo(compiler, own, position)
      : inner.getCompletionsAtPosition(fileName, position, ...rest);
  };

  outer.getCompletionEntryDetails = (fileName, position, name, ...rest) => {
    const own = completionsIn(fileName, position)?.find((one) => one.name === name);
    return own ? toDetails(compiler, own) : inner.getCompletionEntryDetails(fileName, position, name, ...rest);
  };

  outer.getQuickInfoAtPosition = (fileName, position, ...rest) => {
    const directive = find(fileName, null as ts.QuickInfo | null, ({ context }) => {
      const annotation = annotationAt(context, position);
      if (!annotation) return null;
      const { start, end } = annotation.found.word;
      return {
        kind: compiler.ScriptElementKind.unknown,
        kindModifiers: "",
        textSpan: { start, length: end - start },
        displayParts: textParts(describeDirective(context, annotation)),
      };
    });
    if (directive) return directive;
    const info = inner.getQuickInfoAtPosition(fileName, position, ...rest);
    const cached = info && find(fileName, null as string | null, ({ context }) => describeName(context, position));
    if (!info || cached === null || cached === undefined) return info;
    return {
      ...info,
      documentation: [...(info.documentation ?? []), ...textParts(`\n\n\`\`\`text\n${cached}\n\`\`\``)],
    };
  };

  const definitionIn = (fileName: string, position: number): ts.DefinitionInfoAndBoundSpan | null =>
    find(fileName, null as ts.DefinitionInfoAndBoundSpan | null, ({ context }) => {
      const annotation = annotationAt(context, position);
      return annotation && definitionAt(context, annotation, position);
    });

  outer.getDefinitionAndBoundSpan = (fileName, position) =>
    definitionIn(fileName, position) ?? inner.getDefinitionAndBoundSpan(fileName, position);

  outer.getDefinitionAtPosition = (fileName, position, ...rest) =>
    definitionIn(fileName, position)?.definitions ?? inner.getDefinitionAtPosition(fileName, position, ...rest);

  outer.getCodeFixesAtPosition = (fileName, start, end, codes, ...rest) => {
    const isAsked = ({ code, span }: Problem): boolean =>
      codes.includes(code) && span.start === start && Math.max(span.end, span.start + 1) === end;
    const own = find(fileName, [] as ts.CodeFixAction[], ({ session, sourceFile, context }) =>
      session
        .problemsOf(sourceFile)
        .filter(isAsked)
        .flatMap((problem) => quickFixesOf(context, problem))
        .map(({ description, change: { span, text } }) => ({
          fixName: "zcache",
          description,
          changes: [
            { fileName, textChanges: [{ span: { start: span.start, length: span.end - span.start }, newText: text }] },
          ],
        })),
    );
    return [...own, ...inner.getCodeFixesAtPosition(fileName, start, end, codes, ...rest)];
  };

  // Editors ask for the fixes of these codes only.
  outer.getSupportedCodeFixes = (fileName) => [...inner.getSupportedCodeFixes(fileName), ...allCodes.map(String)];

  return outer;
}

/** Another plugin's service may be an object that needs its `this`. */
function copyOf(service: ts.LanguageService): ts.LanguageService {
  const methods = Object.entries(service) as [string, (...args: unknown[]) => unknown][];
  return Object.fromEntries(
    methods.map(([name, method]) => [name, method.bind(service)]),
  ) as unknown as ts.LanguageService;
}

/** Of a plugin that an editor loads for all projects, the editor says so. */
function entryOf({ global: _, ...entry }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return entry;
}

/** It stands in tsconfig.json, which is no source file: it is shown at the first directive. */
function entryProblem(
  compiler: typeof ts,
  service: ts.LanguageService,
  fileName: string,
  message: string,
): ts.Diagnostic[] {
  const file = service.getProgram()?.getSourceFile(fileName);
  const start = file?.text.indexOf("@zcache") ?? -1;
  if (!file || start < 0) return [];
  const category = compiler.DiagnosticCategory.Error;
  return [{ file, start, length: "@zcache".length, category, code: 990000, messageText: message, source: "zcache" }];
}

function toCompletionInfo(compiler: typeof ts, found: readonly Completion[], position: number): ts.CompletionInfo {
  return {
    isGlobalCompletion: false,
    isMemberCompletion: found.some(({ kind }) => kind === "property" || kind === "method"),
    isNewIdentifierLocation: false,
    entries: found.map(({ name, insert, kind, detail, typed }, i) => ({
      name,
      ...(insert !== undefined && insert !== name && { insertText: insert }),
      kind: kindOf(compiler, kind),
      // In the order in which they were found, which is that of the README or of the declaration.
      sortText: `${kind === "method" ? 2 : 1}${String(i).padStart(4, "0")}`,
      replacementSpan: { start: position - typed.length, length: typed.length },
      ...(detail !== undefined && { labelDetails: { description: detail } }),
    })),
  };
}

function toDetails(compiler: typeof ts, { name, kind, detail, summary }: Completion): ts.CompletionEntryDetails {
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

function textParts(text: string): ts.SymbolDisplayPart[] {
  return text === "" ? [] : [{ text, kind: "text" }];
}

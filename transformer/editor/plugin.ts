import type ts from "typescript";
import {
  mistakeForTspc,
  type PluginOptions,
  resolvePluginOptions,
} from "../context/plugin-options";
import { allCodes, type Problem } from "../context/rules";
import { annotationAt, annotationBefore } from "./annotations";
import {
  entryProblem,
  textParts,
  toCodeFix,
  toCompletionInfo,
  toDetails,
  toQuickInfo,
  toRefactor,
} from "./answers";
import { type Completion, completionsAt } from "./completions";
import { definitionAt } from "./definition";
import { describeAt, describeName } from "./hover";
import { type EditorFile, EditorProject } from "./project";
import { offersFor } from "./offers";
import { type QuickFix, quickFixesOf } from "./quick-fixes";

/**
 * Keeps the newest decoration of each project, because tsserver decorates the decorated service
 * again when a tsconfig changes.
 */
const newest = new WeakMap<ts.server.Project, ts.LanguageService>();

/** Adds zcache's answers about directives to the language service. */
export function decorate(
  compiler: typeof ts,
  info: ts.server.PluginCreateInfo,
): ts.LanguageService {
  const inner = info.languageService;
  const log = (text: string): void => info.project.projectService.logger.info(`zcache: ${text}`);
  const outer = copyOf(inner);
  newest.set(info.project, outer);
  const isNewest = (): boolean => newest.get(info.project) === outer;

  const entry = entryOf(info.config as Record<string, unknown>);
  let options: PluginOptions;
  try {
    options = resolvePluginOptions(entry);
  } catch (error) {
    showEntryProblem((error as Error).message);
    return outer;
  }

  const project = new EditorProject(
    { ts: compiler, packages: compiler.sys, getProgram: () => inner.getProgram() },
    options,
  );
  addDiagnostics();
  addCompletions();
  addHover();
  addDefinitions();
  addQuickFixes();
  addOffers();
  const mistake = mistakeForTspc(entry);
  if (mistake !== null) showEntryProblem(`zcache: the plugin entry ${mistake}.`);
  return outer;

  function showEntryProblem(message: string): void {
    log(message);
    const { getSemanticDiagnostics } = outer;
    outer.getSemanticDiagnostics = (fileName) => [
      ...getSemanticDiagnostics(fileName),
      ...(isNewest() ? entryProblem(compiler, inner, fileName, message) : []),
    ];
  }

  /** Makes sure that a failure here does not suppress the compiler's own answer. */
  function find<Value>(fileName: string, empty: Value, of: (file: EditorFile) => Value): Value {
    if (!isNewest()) return empty;
    try {
      const file = project.file(fileName);
      return file ? of(file) : empty;
    } catch (error) {
      if (error instanceof compiler.OperationCanceledException) throw error;
      log((error as Error).stack ?? String(error));
      return empty;
    }
  }

  function addDiagnostics(): void {
    outer.getSemanticDiagnostics = (fileName) => [
      ...inner.getSemanticDiagnostics(fileName),
      ...find<ts.Diagnostic[]>(fileName, [], ({ session, sourceFile }) =>
        session.diagnosticsOf(sourceFile),
      ),
    ];
    outer.getSuggestionDiagnostics = (fileName) => [
      ...inner.getSuggestionDiagnostics(fileName),
      ...find<ts.DiagnosticWithLocation[]>(fileName, [], ({ session, sourceFile }) =>
        session.hintsOf(sourceFile).map((hint) => ({
          ...(hint as ts.DiagnosticWithLocation),
          category: compiler.DiagnosticCategory.Suggestion,
        })),
      ),
    ];
  }

  function addCompletions(): void {
    const completionsIn = (fileName: string, position: number): readonly Completion[] =>
      find<readonly Completion[]>(fileName, [], ({ context }) => {
        const annotation = annotationBefore(context, position);
        return annotation ? completionsAt(context, annotation, position) : [];
      });
    outer.getCompletionsAtPosition = (fileName, position, ...rest) => {
      const own = completionsIn(fileName, position);
      if (own.length > 0) return toCompletionInfo(compiler, own, position);
      return inner.getCompletionsAtPosition(fileName, position, ...rest);
    };
    outer.getCompletionEntryDetails = (fileName, position, name, ...rest) => {
      const own = completionsIn(fileName, position).find((one) => one.name === name);
      return own
        ? toDetails(compiler, own)
        : inner.getCompletionEntryDetails(fileName, position, name, ...rest);
    };
  }

  function addHover(): void {
    outer.getQuickInfoAtPosition = (fileName, position, ...rest) => {
      const directive = find<ts.QuickInfo | null>(fileName, null, ({ context }) => {
        const annotation = annotationAt(context, position);
        return (
          annotation && toQuickInfo(compiler, annotation, describeAt(context, annotation, position))
        );
      });
      if (directive) return directive;
      const own = inner.getQuickInfoAtPosition(fileName, position, ...rest);
      const cached =
        own &&
        find<string | null>(fileName, null, ({ context }) => describeName(context, position));
      if (!own || cached === null || cached === undefined) return own;
      const added = textParts(`\n\n\`\`\`text\n${cached}\n\`\`\``);
      return { ...own, documentation: [...(own.documentation ?? []), ...added] };
    };
  }

  function addDefinitions(): void {
    const definitionIn = (
      fileName: string,
      position: number,
    ): ts.DefinitionInfoAndBoundSpan | null =>
      find<ts.DefinitionInfoAndBoundSpan | null>(fileName, null, ({ context }) => {
        const annotation = annotationAt(context, position);
        return annotation && definitionAt(context, annotation, position);
      });
    outer.getDefinitionAndBoundSpan = (fileName, position) =>
      definitionIn(fileName, position) ?? inner.getDefinitionAndBoundSpan(fileName, position);
    outer.getDefinitionAtPosition = (fileName, position, ...rest) =>
      definitionIn(fileName, position)?.definitions ??
      inner.getDefinitionAtPosition(fileName, position, ...rest);
  }

  function addQuickFixes(): void {
    outer.getCodeFixesAtPosition = (fileName, start, end, codes, ...rest) => {
      const isAsked = ({ code, span }: Problem): boolean =>
        codes.includes(code) && span.start === start && Math.max(span.end, span.start + 1) === end;
      const own = find<ts.CodeFixAction[]>(fileName, [], ({ session, sourceFile, context }) =>
        session
          .problemsOf(sourceFile)
          .filter(isAsked)
          .flatMap((problem) => quickFixesOf(context, problem))
          .map((fix) => toCodeFix(fileName, fix)),
      );
      return [...own, ...inner.getCodeFixesAtPosition(fileName, start, end, codes, ...rest)];
    };
    // Editors ask for fixes of these codes only.
    outer.getSupportedCodeFixes = (fileName) => [
      ...inner.getSupportedCodeFixes(fileName),
      ...allCodes.map(String),
    ];
  }

  function addOffers(): void {
    const offersIn = (fileName: string, where: number | ts.TextRange): readonly QuickFix[] =>
      find<readonly QuickFix[]>(fileName, [], ({ context }) => {
        const annotation = annotationAt(context, typeof where === "number" ? where : where.pos);
        return annotation ? offersFor(context, annotation) : [];
      });
    outer.getApplicableRefactors = (fileName, where, ...rest) => [
      ...inner.getApplicableRefactors(fileName, where, ...rest),
      ...offersIn(fileName, where).map(toRefactor),
    ];
    outer.getEditsForRefactor = (fileName, format, where, refactor, action, ...rest) => {
      const offer = offersIn(fileName, where).find((one) => toRefactor(one).name === refactor);
      if (!offer)
        return inner.getEditsForRefactor(fileName, format, where, refactor, action, ...rest);
      return { edits: [...toCodeFix(fileName, offer).changes] };
    };
  }
}

/** Copies another plugin's service, which may be an object that needs its `this`. */
function copyOf(service: ts.LanguageService): ts.LanguageService {
  const methods = Object.entries(service) as [string, (...args: unknown[]) => unknown][];
  const copies = methods.map(([name, method]) => [name, method.bind(service)] as const);
  return Object.fromEntries(copies) as unknown as ts.LanguageService;
}

/** Removes `global`, which tsserver adds for a plugin that an editor loads for all projects. */
function entryOf({
  global: _,
  ...entry
}: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return entry;
}

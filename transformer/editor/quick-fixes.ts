import { type CheckContext } from "../plan/check-context";
import { type Fix } from "../context/fix";
import { type Problem } from "../context/rules";
import { annotationsOf } from "./annotations";
import { type Change, setOption } from "./change-directive";

export interface QuickFix {
  /** `Write codec: structured` */
  readonly description: string;
  readonly change: Change;
}

/** Returns the fixes of a problem, ready to be put into the source. */
export function quickFixesOf(context: CheckContext, problem: Problem): QuickFix[] {
  return problem.fixes.flatMap((fix) => {
    const change = changeOf(context, problem, fix);
    return change ? [{ description: describe(fix), change }] : [];
  });
}

function changeOf(context: CheckContext, problem: Problem, fix: Fix): Change | null {
  if (fix.kind === "replace") return replace(context, problem, fix);
  if (fix.kind === "option") return changeOption(context, problem, fix);
  return { span: fix.span, text: fix.to };
}

function describe(fix: Fix): string {
  if (fix.kind === "rewrite") return fix.description;
  return fix.kind === "replace" ? `Write ${fix.to}` : `Write ${fix.name}: ${fix.value}`;
}

/**
 * Replaces only text that occurs in the source as it is. A problem's place may be that of a whole
 * scalar, if escapes hide the part.
 */
function replace(
  { sourceFile }: CheckContext,
  { span }: Problem,
  { from, to }: Fix & { kind: "replace" },
): Change | null {
  const { text } = sourceFile;
  const quotes = text.slice(span.start, span.end) === from ? 0 : 1;
  const inner = { start: span.start + quotes, end: span.end - quotes };
  return text.slice(inner.start, inner.end) === from ? { span: inner, text: to } : null;
}

/** Changes the directive that the problem is shown in. */
function changeOption(
  context: CheckContext,
  { span }: Problem,
  { name, value }: Fix & { kind: "option" },
): Change | null {
  const annotation = annotationsOf(context).find(
    ({ found: { word, text } }) => word.start === span.start || text.offsetOf(span.start) !== null,
  );
  if (!annotation) return null;
  const { found, directive } = annotation;
  return setOption({ ...found, directive, source: context.sourceFile.text }, name, value);
}

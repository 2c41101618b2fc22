import { type PlannedTarget } from "../plan/analyze-file";
import { type CheckContext } from "../plan/check-context";
import { findDirectives, type FoundDirective } from "../directive/find-directives";
import { findTarget, type Target } from "../target/find-target";
import { type ParsedDirective, parseDirective } from "../directive/parse-directive";
import { type DirectiveOptions, optionNames, resolveOptions } from "../directive/resolve-options";

/** A directive and what it applies to, as far as known. The directive may be half written. */
export interface Annotation {
  readonly found: FoundDirective;
  readonly directive: ParsedDirective;
  /** It is null if the directive can't be read. */
  readonly options: DirectiveOptions | null;
  readonly target: Target | null;
  readonly isBatch: boolean;
  /** It is null if something is wrong with the directive. */
  readonly planned: PlannedTarget | null;
}

export function annotationsOf(context: CheckContext): Annotation[] {
  if (!context.sourceFile.text.includes("@zcache")) return [];
  // Their problems are reported elsewhere.
  const silent = { ...context, report: () => {} };
  return findDirectives(silent).map((found) => {
    const directive = parseDirective(found.text, optionNames);
    const options = resolveOptions(directive, context.options, silent.report);
    const target = findTarget(silent, found);
    return {
      found,
      directive,
      options,
      target: "kind" in target ? null : target,
      isBatch: options ? options.batch !== null : /\bbatch\b/.test(found.text.text),
      planned: context.targets.find(({ word }) => word.start === found.word.start) ?? null,
    };
  });
}

/**
 * Returns the text between the word and a position. Null means that the position is neither in text
 * of the directive nor in a line just begun below it.
 */
export function textBefore(
  { sourceFile }: CheckContext,
  { found }: Annotation,
  position: number,
): string | null {
  const { text } = found;
  const offset = text.offsetOf(position);
  if (offset !== null) return text.text.slice(0, offset);
  // A line without text does not belong to the directive yet.
  const end = text.at(text.text.length);
  const below = sourceFile.text.slice(end, Math.max(end, position));
  const [line, blanks] = /^\r?\n[ \t]*(?:\/\/|\*)([ \t]+)$/.exec(below) ?? [];
  return line === undefined ? null : `${text.text}\n${blanks}`;
}

/** Returns the annotation that is being written at a position. */
export function annotationBefore(context: CheckContext, position: number): Annotation | null {
  return annotationsOf(context).find((one) => textBefore(context, one, position) !== null) ?? null;
}

/** Returns the annotation whose word or text the position is in, or at the end of. */
export function annotationAt(context: CheckContext, position: number): Annotation | null {
  const holds = ({ found: { word, text } }: Annotation): boolean =>
    (word.start <= position && position <= word.end) || text.offsetOf(position) !== null;
  return annotationsOf(context).find(holds) ?? null;
}

import type ts from "typescript";
import { nearest } from "../../runtime/suggest";
import { type TemplatePlan } from "../create-plan";
import { problem } from "../rules";
import { type Span } from "../source-text";
import { parseTemplate } from "../parse-template";
import { type Check, type CheckContext, type ProjectTarget } from "./check";
import { type Invalidation, invalidationsOf } from "./invalidations";
import { placeholderType } from "./placeholder-type";
import { isOpen, patternOfTag, shapeOf } from "./tag-patterns";
import { anyText, intersects, type TextPattern } from "./text-pattern";
import { isObject, isPrimitive } from "./value-types";

/** A tag's template in a directive. */
interface Tag {
  readonly planned: ProjectTarget;
  readonly text: string;
  readonly span: Span;
  readonly plan: TemplatePlan;
  readonly pattern: TextPattern;
  readonly cache: string | null;
}

/** Do what invalidates tags and what carries them mean the same ones? A program that only invalidates serves another one: nothing is said of it. */
export const checkTagUsage: Check = (context) => {
  const tags = tagsOf(context);
  if (tags.length === 0) return;
  const invalidations = invalidationsOf(context);
  for (const invalidation of invalidations)
    if (invalidation.sourceFile === context.sourceFile) checkInvalidation(context, invalidation, tags);
  tags.forEach((tag, i) => {
    if (tag.planned.sourceFile !== context.sourceFile) return;
    checkMeaning(context, tag, tags.slice(0, i));
    if (!invalidations.some((invalidation) => mayReach(invalidation, tag))) {
      context.report(problem("neverInvalidatedTag", tag.span, tag.text), tag.planned);
    }
  });
};

const known = new WeakMap<ts.Program, readonly Tag[]>();

function tagsOf(context: CheckContext): readonly Tag[] {
  const before = known.get(context.program);
  if (before) return before;
  const tags = context.project().flatMap((planned) =>
    planned.plan.tags.flatMap((plan, i): Tag[] => {
      const scalar = planned.options.tags[i];
      if (!scalar) return [];
      return [
        {
          planned,
          text: scalar.text,
          span: scalar.span,
          plan,
          pattern: patternOfTag(context, planned, plan),
          cache: planned.options.cache,
        },
      ];
    }),
  );
  known.set(context.program, tags);
  return tags;
}

function mayReach({ patterns, cache }: Invalidation, tag: Tag): boolean {
  return (cache === undefined || cache === tag.cache) && patterns.some((pattern) => intersects(pattern, tag.pattern));
}

/** Each text that the argument can be, if it is known, must be a tag. */
function checkInvalidation(
  context: CheckContext,
  { argument, patterns, cache }: Invalidation,
  tags: readonly Tag[],
): void {
  if (!argument) return;
  const span = { start: argument.getStart(), end: argument.end };
  for (const pattern of patterns) {
    if (isOpen(pattern) || mayBeMissing(context, pattern)) continue;
    const meant = tags.filter((tag) => intersects(pattern, tag.pattern));
    const [other] = meant;
    if (!other)
      context.report(
        problem(
          "unknownTag",
          span,
          shapeOf(pattern),
          nearestTag(pattern, tags),
          [...new Set(tags.map(({ text }) => text))].slice(0, 5),
        ),
      );
    else if (cache !== undefined && !meant.some((tag) => tag.cache === cache)) {
      context.report(problem("tagOfOtherCache", span, shapeOf(pattern), cache, other.cache));
    } else continue;
    return;
  }
}

/** A directive with an error may be the one that has the tag: to say that there is none would follow from the error. */
function mayBeMissing(context: CheckContext, pattern: TextPattern): boolean {
  return context.failed().some((tags) => tags?.some(({ text }) => intersects(pattern, roughPattern(text))) ?? true);
}

/** Of a template whose placeholders have no types. */
function roughPattern(template: string): TextPattern {
  const parsed = parseTemplate(template);
  return "texts" in parsed ? parsed.texts.flatMap((text, i) => (i === 0 ? [text] : [anyText, text])) : [anyText];
}

/** The template that the text most likely misspells: by all that is fixed, or by its first word. */
function nearestTag(pattern: TextPattern, tags: readonly Tag[]): string | null {
  const candidates = new Map(
    tags.flatMap(
      ({ pattern: own, text }) =>
        [
          [shapeOf(own), text],
          [firstWord(shapeOf(own)), text],
        ] as const,
    ),
  );
  const shape = shapeOf(pattern);
  const names = [...candidates.keys()].filter((name) => name !== "");
  const near = nearest(shape, names) ?? nearest(firstWord(shape), names);
  return near === null ? null : (candidates.get(near) ?? null);
}

function firstWord(shape: string): string {
  return /^[\p{L}\p{N}_]*/u.exec(shape)?.[0] ?? "";
}

/** `user:{id}` is a number here and an object there: no text is both. */
function checkMeaning(context: CheckContext, tag: Tag, earlier: readonly Tag[]): void {
  for (const [i, expression] of tag.plan.expressions.entries()) {
    const kind = kindOf(context, tag.planned, expression);
    if (!kind) continue;
    for (const other of earlier) {
      if (other.cache !== tag.cache || other.plan.texts.join("\0") !== tag.plan.texts.join("\0")) continue;
      const otherKind = kindOf(context, other.planned, other.plan.expressions[i] as string);
      if (!otherKind || otherKind.isObject === kind.isObject) continue;
      const { owner, sourceFile } = other.planned;
      const place =
        sourceFile === tag.planned.sourceFile ? owner : `${owner} in ${sourceFile.fileName.split("/").pop() ?? ""}`;
      context.report(
        problem(
          "tagMeaning",
          placeholderSpan(tag, i),
          placeholderText(tag, i),
          tag.text,
          kind.name,
          place,
          otherKind.name,
        ),
        tag.planned,
      );
      return;
    }
  }
}

function kindOf(
  context: CheckContext,
  planned: ProjectTarget,
  expression: string,
): { isObject: boolean; name: string } | null {
  const type = placeholderType(context, planned, expression);
  if (!type) return null;
  const isPlain = isPrimitive(context, type);
  if (!isPlain && !isObject(context, type)) return null;
  return { isObject: !isPlain, name: context.checker.typeToString(type) };
}

function placeholderText({ text }: Tag, index: number): string {
  const parsed = parseTemplate(text);
  return "placeholders" in parsed ? (parsed.placeholders[index]?.text ?? "") : "";
}

function placeholderSpan({ planned, text, span }: Tag, index: number): Span {
  const parsed = parseTemplate(text);
  const placeholder = "placeholders" in parsed ? parsed.placeholders[index] : undefined;
  const scalar = planned.options.tags.find((one) => one.span === span);
  return placeholder && scalar ? scalar.part(placeholder.start, placeholder.end) : span;
}

import type ts from "typescript";
import { nearest } from "../../runtime/suggest";
import { type TemplatePlan } from "../plan/create-plan";
import { problem } from "../context/rules";
import { type Span } from "../context/source-text";
import { parseTemplate } from "../directive/parse-template";
import { oncePerProgram } from "../context/once-per-program";
import { type Check, type CheckContext, type ProjectTarget } from "../plan/check-context";
import { type Candidate, candidatesOf, type Invalidation } from "./tags/invalidations";
import { placeholderType } from "./types/placeholder-type";
import { isOpen, patternOfTag, shapeOf } from "./tags/tag-patterns";
import {
  anyText,
  intersects,
  LazyPattern,
  roughPattern,
  type TextPattern,
} from "./tags/text-pattern";
import { isObject, isPrimitive } from "./types/value-types";

/** A tag's template in a directive. */
interface Tag {
  readonly planned: ProjectTarget;
  readonly text: string;
  readonly span: Span;
  readonly plan: TemplatePlan;
  readonly pattern: LazyPattern;
  /** Tags with the same texts around their placeholders have the same shape. */
  readonly shape: string;
  readonly cache: string | null;
}

/**
 * Checks that invalidations and directives mean the same tags. A program that only invalidates
 * works for another program, and nothing is reported about it.
 */
export const checkTagUsage: Check = (context) => {
  const tags = tagsOf(context);
  if (tags.length === 0) return;
  const candidates = candidatesOf(context);
  for (const candidate of candidates) {
    const invalidation =
      candidate.sourceFile === context.sourceFile ? candidate.invalidation : null;
    if (invalidation) checkInvalidation(context, invalidation, tags);
  }
  for (const tag of tagsByFile(context).get(context.sourceFile) ?? []) {
    checkMeaning(context, tag);
    if (!candidates.some((candidate) => mayReach(candidate, tag))) {
      context.report(problem("neverInvalidatedTag", tag.span, tag.text), tag.planned);
    }
  }
};

const tagsOf = oncePerProgram((context: CheckContext): readonly Tag[] =>
  context.project().flatMap((planned) =>
    planned.plan.tags.flatMap((plan, i): Tag[] => {
      const scalar = planned.options.tags[i];
      if (!scalar) return [];
      return [
        {
          planned,
          text: scalar.text,
          span: scalar.span,
          plan,
          pattern: new LazyPattern(roughPattern(plan.texts), () => [
            patternOfTag(context, planned, plan),
          ]),
          shape: plan.texts.join("\0"),
          cache: planned.options.cache,
        },
      ];
    }),
  ),
);

const tagsByFile = oncePerProgram(
  (context: CheckContext): ReadonlyMap<ts.SourceFile, readonly Tag[]> => {
    const files = new Map<ts.SourceFile, Tag[]>();
    for (const tag of tagsOf(context)) pushTo(files, tag.planned.sourceFile, tag);
    return files;
  },
);

/**
 * The tags of one shape in one cache, in the program's order. A placeholder should mean the same in
 * all of them.
 */
const tagsAlike = oncePerProgram((context: CheckContext): ReadonlyMap<Tag, readonly Tag[]> => {
  const groups = new Map<string, Tag[]>();
  const groupOf = new Map<Tag, readonly Tag[]>();
  for (const tag of tagsOf(context))
    groupOf.set(tag, pushTo(groups, JSON.stringify([tag.cache, tag.shape]), tag));
  return groupOf;
});

function pushTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): readonly Value[] {
  const list = lists.get(key) ?? [];
  if (list.push(value) === 1) lists.set(key, list);
  return list;
}

function mayReach(candidate: Candidate, tag: Tag): boolean {
  if (!intersects(candidate.rough, tag.pattern.rough)) return false;
  const { invalidation } = candidate;
  if (!invalidation || (invalidation.cache !== undefined && invalidation.cache !== tag.cache))
    return false;
  return invalidation.pattern.exact.some((one) => tag.pattern.meets(one));
}

/** Checks that each text that the argument can be, if it is known, is a tag. */
function checkInvalidation(
  context: CheckContext,
  { argument, pattern: { exact }, cache }: Invalidation,
  tags: readonly Tag[],
): void {
  if (!argument) return;
  const span = { start: argument.getStart(), end: argument.end };
  for (const pattern of exact) {
    if (isOpen(pattern) || mayBeMissing(context, pattern)) continue;
    // The first match ends the search, because a common tag may have thousands.
    const isOf = (tag: Tag): boolean => cache === undefined || tag.cache === cache;
    if (tags.some((tag) => isOf(tag) && tag.pattern.meets(pattern))) continue;
    const other = tags.find((tag) => tag.pattern.meets(pattern));
    if (other === undefined)
      context.report(
        problem(
          "unknownTag",
          span,
          shapeOf(pattern),
          nearestTag(pattern, tags),
          [...new Set(tags.map(({ text }) => text))].slice(0, 5),
        ),
      );
    else if (cache !== undefined)
      context.report(problem("tagOfOtherCache", span, shapeOf(pattern), cache, other.cache));
    return;
  }
}

/**
 * Whether a directive with an error may be the one that has the tag: reporting a missing tag would
 * follow from that error.
 */
function mayBeMissing(context: CheckContext, pattern: TextPattern): boolean {
  return context
    .failed()
    .some((tags) => tags?.some(({ text }) => intersects(pattern, patternOfText(text))) ?? true);
}

/** Returns the pattern of a template whose placeholders have no types. */
function patternOfText(template: string): TextPattern {
  const parsed = parseTemplate(template);
  return "texts" in parsed ? roughPattern(parsed.texts) : [anyText];
}

/**
 * Returns the template that the text most likely misspells, compared by everything that is fixed,
 * or by the first word.
 */
function nearestTag(pattern: TextPattern, tags: readonly Tag[]): string | null {
  const candidates = new Map(
    tags.flatMap(
      ({ pattern: { rough }, text }) =>
        [
          [shapeOf(rough), text],
          [firstWord(shapeOf(rough)), text],
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

/** Reports a tag `user:{id}` that is a number here and an object there, because no text is both. */
function checkMeaning(context: CheckContext, tag: Tag): void {
  const alike = tagsAlike(context).get(tag) ?? [];
  for (const i of tag.plan.expressions.keys()) {
    const kind = kindOf(context, tag, i);
    const other = kind && firstOfKind(context, alike, i, !kind.isObject);
    const otherKind = other && kindOf(context, other, i);
    if (!otherKind || alike.indexOf(other) > alike.indexOf(tag)) continue;
    const { owner, sourceFile } = other.planned;
    const place =
      sourceFile === tag.planned.sourceFile
        ? owner
        : `${owner} in ${sourceFile.fileName.split("/").pop() ?? ""}`;
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

const firsts = oncePerProgram(() => new WeakMap<readonly Tag[], Map<string, Tag | null>>());

/**
 * Returns the first of the tags whose placeholder is an object, or isn't. It is kept, because each
 * tag is compared with it.
 */
function firstOfKind(
  context: CheckContext,
  alike: readonly Tag[],
  index: number,
  isAnObject: boolean,
): Tag | null {
  const known = firsts(context).get(alike) ?? new Map<string, Tag | null>();
  firsts(context).set(alike, known);
  const name = `${index} ${isAnObject}`;
  let first = known.get(name);
  if (first === undefined) {
    first = alike.find((tag) => kindOf(context, tag, index)?.isObject === isAnObject) ?? null;
    known.set(name, first);
  }
  return first;
}

interface Kind {
  readonly isObject: boolean;
  readonly name: string;
}

const knownKinds = new WeakMap<Tag, Map<number, Kind | null>>();

/**
 * Returns the kind of a tag's placeholder. It is kept, because it is asked for the tag itself and
 * for those alike.
 */
function kindOf(context: CheckContext, tag: Tag, index: number): Kind | null {
  const kinds = knownKinds.get(tag) ?? new Map<number, Kind | null>();
  knownKinds.set(tag, kinds);
  let kind = kinds.get(index);
  if (kind === undefined) kinds.set(index, (kind = findKind(context, tag, index)));
  return kind;
}

function findKind(context: CheckContext, { planned, plan }: Tag, index: number): Kind | null {
  const type = placeholderType(context, planned, plan.expressions[index] as string);
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

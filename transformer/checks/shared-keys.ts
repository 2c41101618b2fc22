import type ts from "typescript";
import { goesOn } from "../../runtime/keys/token";
import { problem } from "../context/rules";
import { oncePerProgram } from "../context/once-per-program";
import { type Check, type CheckContext, type ProjectTarget } from "../plan/check-context";
import { placeholderType } from "./types/placeholder-type";
import {
  intersects,
  LazyPattern,
  type OpenPart,
  roughPattern,
  type TextPattern,
} from "./tags/text-pattern";
import { isPrimitive } from "./types/value-types";

/** A function with an explicit key. */
interface Holder {
  readonly planned: ProjectTarget;
  readonly pattern: LazyPattern;
  /** Returns the type of an entry, or null if it can't be compared. */
  type(): ts.Type | null;
}

/**
 * Checks that functions that can make the same key store the same type, because each may get what
 * the other stored.
 */
export const checkSharedKeys: Check = (context) => {
  for (const { planned, other, type, otherType } of clashesOf(context)) {
    if (planned.sourceFile !== context.sourceFile) continue;
    const { options, word, owner } = planned;
    const place =
      other.sourceFile === planned.sourceFile
        ? other.owner
        : `${other.owner} in ${other.sourceFile.fileName.split("/").pop() ?? ""}`;
    const [key, otherKey] = [options.key?.text ?? "", other.options.key?.text ?? ""];
    context.report(
      problem("sharedKey", options.key?.span ?? word, owner, key, place, otherKey, type, otherType),
      planned,
    );
  }
};

interface Clash {
  /** The later function in the program, where the problem is shown. */
  readonly planned: ProjectTarget;
  readonly other: ProjectTarget;
  readonly type: string;
  readonly otherType: string;
}

const clashesOf = oncePerProgram((context: CheckContext): readonly Clash[] => {
  const groups = new Map<string, Holder[]>();
  for (const planned of context.project()) {
    if (!planned.plan.key.texts) continue;
    const { cache, namespace } = planned.plan.options;
    const group = JSON.stringify([cache, namespace]);
    groups.set(group, [
      ...(groups.get(group) ?? []),
      {
        planned,
        pattern: new LazyPattern(roughPatternOfKey(planned), () => [
          patternOfKey(context, planned),
        ]),
        type: () => entryType(context, planned),
      },
    ]);
  }
  return [...groups.values()].flatMap((holders) =>
    holders.flatMap((holder, i) => clashOf(context, holder, holders.slice(0, i)) ?? []),
  );
});

function clashOf(context: CheckContext, holder: Holder, earlier: readonly Holder[]): Clash | null {
  const { checker } = context;
  const { planned, pattern } = holder;
  for (const other of earlier) {
    if (other.planned.options.allow.includes("shared-key") || haveVersions(planned, other.planned))
      continue;
    if (!intersects(pattern.rough, other.pattern.rough)) continue;
    if (!pattern.exact.some((one) => other.pattern.meets(one))) continue;
    const [type, otherType] = [holder.type(), other.type()];
    if (!type || !otherType) continue;
    if (checker.isTypeAssignableTo(type, otherType) && checker.isTypeAssignableTo(otherType, type))
      continue;
    return {
      planned,
      other: other.planned,
      type: checker.typeToString(type),
      otherType: checker.typeToString(otherType),
    };
  }
  return null;
}

/** Whether both have `version: auto`, which makes the type part of the key. */
function haveVersions({ plan }: ProjectTarget, { plan: other }: ProjectTarget): boolean {
  return plan.version !== null || other.version !== null;
}

/**
 * Returns the type of the awaited result or, in a batch, of one id's result. Returns null if a type
 * parameter leaves it to the caller.
 */
function entryType({ ts, checker }: CheckContext, { target, plan }: ProjectTarget): ts.Type | null {
  const isGeneric =
    ts.findAncestor(
      target.node,
      (outer) => ((outer as ts.SignatureDeclaration).typeParameters ?? []).length > 0,
    ) !== undefined;
  const signature = checker.getSignatureFromDeclaration(target.node);
  const result =
    signature && !isGeneric && checker.getAwaitedType(checker.getReturnTypeOfSignature(signature));
  if (!result || !plan.batch) return result || null;
  const [first, second] = checker.getTypeArguments(result as ts.TypeReference);
  return (plan.batch.result === "map" ? second : first) ?? null;
}

// ---- Keys as patterns. The grammar is that of runtime/token.ts ----

const numberToken: OpenPart = { first: /[\d-]/, further: /[\d.en+]/, optional: false };
/** A word. A string that isn't one is quoted, and no template has quotes around a placeholder. */
const stringToken: OpenPart = {
  first: /\p{L}/u,
  further: /[\p{L}\p{M}\p{N}_.@+]/u,
  optional: false,
};
const objectToken: OpenPart = { first: /[{[A-Z]/, further: /[^]/u, optional: false };
const anyToken: OpenPart = {
  first: /[\p{L}\p{N}-]/u,
  further: /[\p{L}\p{M}\p{N}_.@+]/u,
  optional: false,
};

/**
 * Returns a pattern without types. Whatever their types, values can have parentheses around them.
 */
function roughPatternOfKey({ plan }: ProjectTarget): TextPattern {
  return roughPattern(plan.key.texts ?? []);
}

/**
 * Returns what the template can make, except for the rarest values: a pattern that is too narrow
 * raises no false alarm.
 */
function patternOfKey(context: CheckContext, planned: ProjectTarget): TextPattern {
  const texts = planned.plan.key.texts ?? [];
  return texts.flatMap((text, i) => {
    const expression = planned.plan.key.expressions[i - 1];
    if (expression === undefined) return [text];
    const token = tokenOf(context, placeholderType(context, planned, expression));
    // Before another value, or a text that could belong to it, a value is in parentheses.
    const isClosed = text === "" ? i < texts.length - 1 : goesOn(text);
    return isClosed ? ["(", token, ")", text] : [token, text];
  });
}

function tokenOf(context: CheckContext, type: ts.Type | null): OpenPart {
  const { ts } = context;
  if (!type) return anyToken;
  const parts = (type.isUnion() ? type.types : [type]).filter(
    ({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)),
  );
  const all = (flags: ts.TypeFlags): boolean =>
    parts.length > 0 && parts.every((part) => part.flags & flags);
  if (all(ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike)) return numberToken;
  if (all(ts.TypeFlags.StringLike | ts.TypeFlags.BooleanLike)) return stringToken;
  return all(ts.TypeFlags.Object) && !isPrimitive(context, type) ? objectToken : anyToken;
}

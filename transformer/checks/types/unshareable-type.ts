import type ts from "typescript";
import { type PlatformKind, type TypeContext, type Unshareable } from "./platform-types";
import { shortNameOf, walkType, withArticle } from "./type-walk";

export interface UnshareablePart {
  /** The path from the root: `.body`. It is empty for the value itself. */
  readonly path: string;
  readonly what: string;
  readonly kind: Unshareable | "function";
  /** Whether the part may be something else, which is plain data. */
  readonly isOneOf: boolean;
  /** It may occur only because of a library's type. */
  readonly isForeign: boolean;
}

const unshareable: ReadonlySet<PlatformKind> = new Set([
  "handle",
  "iterator",
  "request",
  "response",
  "signal",
  "stream",
]);

const known = new WeakMap<ts.Type, { readonly found: UnshareablePart | null }>();

/**
 * Finds what belongs to one caller or one process in a result, whatever the codec. A function
 * counts only if it is the result itself: inside one it is something that the codec can't keep.
 */
export function findUnshareable(context: TypeContext, type: ts.Type): UnshareablePart | null {
  const answer = known.get(type);
  if (answer) return answer.found;
  let found: UnshareablePart | null = null;
  walkType(context, type, ({ type: part, shape, path, ofUnions }) => {
    const isForeign = ofUnions === "foreign";
    if (found && (!found.isForeign || isForeign)) return false;
    const leeway = { isOneOf: ofUnions !== "none", isForeign };
    if (shape.kind === "function" && path === "")
      found = { path, what: "a function", kind: "function", ...leeway };
    if (shape.kind === "platform" && unshareable.has(shape.platform)) {
      const kind = shape.platform as Unshareable;
      found = { path, what: withArticle(shortNameOf(context, part)), kind, ...leeway };
    }
    return shape.kind !== "instance";
  });
  known.set(type, { found });
  return found;
}

import type ts from "typescript";
import { type PlatformKind, type TypeContext, type Unshareable } from "./platform-types";
import { shortNameOf, walkType, withArticle } from "./type-walk";

export interface UnshareablePart {
  /** From the root: `.body`; empty: the value itself. */
  readonly path: string;
  readonly what: string;
  readonly kind: Unshareable | "function";
  /** It may be something else, which is plain data. */
  readonly isOneOf: boolean;
  /** That it may be this is a library's doing. */
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
 * What in a result belongs to one caller or one process, whatever the codec. A function is that only where it is the
 * result itself: inside one it is what the codec can't keep.
 */
export function findUnshareable(context: TypeContext, type: ts.Type): UnshareablePart | null {
  const answer = known.get(type);
  if (answer) return answer.found;
  let found: UnshareablePart | null = null;
  walkType(context, type, ({ type: part, shape, path, ofUnions }) => {
    const isForeign = ofUnions === "foreign";
    if (found && (!found.isForeign || isForeign)) return false;
    const leeway = { isOneOf: ofUnions !== "none", isForeign };
    if (shape.kind === "function" && path === "") found = { path, what: "a function", kind: "function", ...leeway };
    if (shape.kind === "platform" && unshareable.has(shape.platform)) {
      const kind = shape.platform as Unshareable;
      found = { path, what: withArticle(shortNameOf(context, part)), kind, ...leeway };
    }
    return shape.kind !== "instance";
  });
  known.set(type, { found });
  return found;
}

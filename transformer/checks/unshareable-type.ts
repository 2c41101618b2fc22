import type ts from "typescript";
import { type PlatformKind, type TypeContext, type Unshareable } from "./platform-types";
import { shortNameOf, walkType, withArticle } from "./type-walk";

export interface UnshareablePart {
  /** From the root: `.body`; empty: the value itself. */
  readonly path: string;
  readonly what: string;
  readonly kind: Unshareable | "function";
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
  walkType(context, type, ({ type: part, shape, path }) => {
    if (found) return false;
    if (shape.kind === "function" && path === "") found = { path, what: "a function", kind: "function" };
    if (shape.kind === "platform" && unshareable.has(shape.platform)) {
      found = { path, what: withArticle(shortNameOf(context, part)), kind: shape.platform as Unshareable };
    }
    return shape.kind !== "instance";
  });
  known.set(type, { found });
  return found;
}

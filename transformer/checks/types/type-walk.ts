import type ts from "typescript";
import { isDeclaredElsewhere } from "./library-types";
import { type TypeContext } from "./platform-types";
import { membersOf, type Part, type Shape, shapeOf } from "./type-shape";

/**
 * Why it is open whether a value is there, or is of this type. "none": it isn't open. "own": the
 * program wrote an optional property or a union, so it has a use for each. "foreign": a library
 * did, whose types allow more than any one program uses.
 */
export type Leeway = "none" | "own" | "foreign";

export interface Step {
  readonly type: ts.Type;
  readonly shape: Shape;
  /** The path from the root: `.items[].createdAt`. It is empty at the root. */
  readonly path: string;
  /** The place of the value in its container. */
  readonly place: Part["place"] | "root";
  /**
   * Whether the type is what a type parameter extends, or a part of that. The caller may know more
   * about it.
   */
  readonly isOpen: boolean;
  /** The members of the union that the type belongs to. */
  readonly members: readonly ts.Type[];
  /** The leeway of the unions on the way. */
  readonly ofUnions: Leeway;
  /** The leeway of the optional properties on the way. */
  readonly ofOptionals: Leeway;
}

interface Pending extends Pick<
  Step,
  "type" | "path" | "place" | "isOpen" | "ofUnions" | "ofOptionals"
> {
  /** Whether the union, if the type is one, was declared outside the user's program. */
  readonly isElsewhere: boolean;
}

/**
 * Types that grow at each level (`Deep<T> = { next: Deep<T[]> }`) have no end, and nothing that
 * matters is this deep.
 */
const maxDepth = 12;
const maxTypes = 500;

/**
 * Visits a type and its parts, breadth first, so that the shortest paths come first. A type with
 * parts is visited once, so that recursive types come to an end. `visit` returns whether to look
 * inside.
 */
export function walkType(
  context: TypeContext,
  root: ts.Type,
  visit: (step: Step) => boolean,
): void {
  const seen = new Map<ts.Type, Leeway>();
  let level: readonly Pending[] = [
    {
      type: root,
      path: "",
      place: "root",
      isOpen: false,
      ofUnions: "none",
      ofOptionals: "none",
      isElsewhere: false,
    },
  ];
  for (let depth = 0; level.length > 0 && depth < maxDepth; depth++) {
    const next: Pending[] = [];
    for (const pending of level) {
      const members = membersOf(context, pending.type);
      const isOpen =
        pending.isOpen || (pending.type.flags & context.ts.TypeFlags.Instantiable) !== 0;
      const ofUnions = further(pending.ofUnions, leewayOfUnion(context, pending, members));
      const leeway = further(ofUnions, pending.ofOptionals);
      for (const type of members) {
        const shape = shapeOf(context, type);
        const before = seen.get(type);
        // A type that was found as a possibility is visited again where it is certain.
        if (before !== undefined && further(before, leeway) === leeway) continue;
        if (!visit({ ...pending, type, shape, isOpen, members, ofUnions })) continue;
        const parts = "parts" in shape ? shape.parts() : [];
        if (parts.length === 0) continue;
        seen.set(type, leeway);
        if (seen.size > maxTypes) return;
        for (const { step, place, type: inner, isElsewhere, isOptionalElsewhere } of parts)
          next.push({
            type: inner,
            path: pending.path + step,
            place,
            isOpen,
            ofUnions,
            ofOptionals:
              place === "optional"
                ? further(pending.ofOptionals, isOptionalElsewhere ? "foreign" : "own")
                : pending.ofOptionals,
            isElsewhere: isElsewhere ?? pending.isElsewhere,
          });
      }
    }
    level = next;
  }
}

const leeways: readonly Leeway[] = ["none", "own", "foreign"];

export function further(one: Leeway, other: Leeway): Leeway {
  return leeways[Math.max(leeways.indexOf(one), leeways.indexOf(other))] as Leeway;
}

/** Returns "none" if no other member is plain data. Then all members are as bad, or missing. */
function leewayOfUnion(
  context: TypeContext,
  { type, isElsewhere }: Pending,
  members: readonly ts.Type[],
): Leeway {
  const { Null, Undefined, Void } = context.ts.TypeFlags;
  const present = members.filter(({ flags }) => !(flags & (Null | Undefined | Void)));
  const isPlain = (member: ts.Type): boolean =>
    ["primitive", "record", "list", "unknown", "open"].includes(shapeOf(context, member).kind);
  if (present.length < 2 || !present.some(isPlain)) return "none";
  return isElsewhere || isDeclaredElsewhere(context, type.aliasSymbol) ? "foreign" : "own";
}

/** `.items[].createdAt` → `items[].createdAt` */
export function printPath(path: string): string {
  return path.replace(/^\./, "");
}

/** Returns `a Date`, `an Order`. Long types are cut. */
export function withArticle(text: string): string {
  return `${/^(?:[aeio]|u[np](?!i))/i.test(text) ? "an" : "a"} ${text}`;
}

/** Returns the name without type arguments: `Buffer`, not `Buffer<ArrayBufferLike>`. */
export function shortNameOf(context: TypeContext, type: ts.Type): string {
  return type.getSymbol()?.name ?? nameOfType(context, type);
}

export function nameOfType({ checker }: TypeContext, type: ts.Type): string {
  const text = checker.typeToString(type);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

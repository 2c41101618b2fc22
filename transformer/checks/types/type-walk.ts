import type ts from "typescript";
import { isDeclaredElsewhere } from "./library-types";
import { type TypeContext } from "./platform-types";
import { membersOf, type Part, type Shape, shapeOf } from "./type-shape";

/**
 * What leaves it open whether a value is there, or is of this type: nothing; an optional property or a union that the program
 * wrote, for it has a use for each; or one of a library, whose types allow more than any one program does.
 */
export type Leeway = "none" | "own" | "foreign";

export interface Step {
  readonly type: ts.Type;
  readonly shape: Shape;
  /** From the root: `.items[].createdAt`; empty at the root. */
  readonly path: string;
  /** Where the value stands in what holds it. */
  readonly place: Part["place"] | "root";
  /** What a type parameter extends, or a part of that: the caller may know more of it. */
  readonly isOpen: boolean;
  /** The members of the union that the type is one of. */
  readonly members: readonly ts.Type[];
  /** Of the unions on the way. */
  readonly ofUnions: Leeway;
  /** Of the optional properties on the way. */
  readonly ofOptionals: Leeway;
}

interface Pending extends Pick<Step, "type" | "path" | "place" | "isOpen" | "ofUnions" | "ofOptionals"> {
  /** Whose is the union, if the type is one? */
  readonly isElsewhere: boolean;
}

/** Types that grow at each level (`Deep<T> = { next: Deep<T[]> }`) have no end; nothing that matters lies so deep. */
const maxDepth = 12;
const maxTypes = 500;

/**
 * Visits a type and what it is made of, breadth first, so that the shortest paths come first; what has parts
 * once only, so that recursive types come to an end. `visit` says whether to look inside.
 */
export function walkType(context: TypeContext, root: ts.Type, visit: (step: Step) => boolean): void {
  const seen = new Map<ts.Type, Leeway>();
  let level: readonly Pending[] = [
    { type: root, path: "", place: "root", isOpen: false, ofUnions: "none", ofOptionals: "none", isElsewhere: false },
  ];
  for (let depth = 0; level.length > 0 && depth < maxDepth; depth++) {
    const next: Pending[] = [];
    for (const pending of level) {
      const members = membersOf(context, pending.type);
      const isOpen = pending.isOpen || (pending.type.flags & context.ts.TypeFlags.Instantiable) !== 0;
      const ofUnions = further(pending.ofUnions, leewayOfUnion(context, pending, members));
      const leeway = further(ofUnions, pending.ofOptionals);
      for (const type of members) {
        const shape = shapeOf(context, type);
        const before = seen.get(type);
        // What was come upon as a possibility is looked at again where it is certain.
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

/** None where there is no other member that is plain data: then all are as bad, or missing. */
function leewayOfUnion(context: TypeContext, { type, isElsewhere }: Pending, members: readonly ts.Type[]): Leeway {
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

/** `a Date`, `an Order`. Long types are cut. */
export function withArticle(text: string): string {
  return `${/^(?:[aeio]|u[np](?!i))/i.test(text) ? "an" : "a"} ${text}`;
}

/** Without type arguments: `Buffer`, not `Buffer<ArrayBufferLike>`. */
export function shortNameOf(context: TypeContext, type: ts.Type): string {
  return type.getSymbol()?.name ?? nameOfType(context, type);
}

export function nameOfType({ checker }: TypeContext, type: ts.Type): string {
  const text = checker.typeToString(type);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

import type ts from "typescript";
import { type TypeContext } from "./platform-types";
import { membersOf, type Part, type Shape, shapeOf } from "./type-shape";

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
}

type Pending = Pick<Step, "type" | "path" | "place" | "isOpen">;

/** Types that grow at each level (`Deep<T> = { next: Deep<T[]> }`) have no end; nothing that matters lies so deep. */
const maxDepth = 12;
const maxTypes = 500;

/**
 * Visits a type and what it is made of, breadth first, so that the shortest paths come first; what has parts
 * once only, so that recursive types come to an end. `visit` says whether to look inside.
 */
export function walkType(context: TypeContext, root: ts.Type, visit: (step: Step) => boolean): void {
  const seen = new Set<ts.Type>();
  let level: readonly Pending[] = [{ type: root, path: "", place: "root", isOpen: false }];
  for (let depth = 0; level.length > 0 && depth < maxDepth; depth++) {
    const next: Pending[] = [];
    for (const pending of level) {
      const members = membersOf(context, pending.type);
      const isOpen = pending.isOpen || (pending.type.flags & context.ts.TypeFlags.Instantiable) !== 0;
      for (const type of members) {
        const shape = shapeOf(context, type);
        if (seen.has(type)) continue;
        if (!visit({ ...pending, type, shape, isOpen, members })) continue;
        const parts = "parts" in shape ? shape.parts() : [];
        if (parts.length === 0) continue;
        seen.add(type);
        if (seen.size > maxTypes) return;
        for (const part of parts)
          next.push({ type: part.type, path: pending.path + part.step, place: part.place, isOpen });
      }
    }
    level = next;
  }
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

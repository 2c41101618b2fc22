import type ts from "typescript";
import { isMadeByNew } from "./code/constructions";
import { isPlatform, type TypeContext } from "./types/platform-types";
import { type Shape } from "./types/type-shape";
import {
  further,
  nameOfType,
  printPath,
  type Step,
  walkType,
  withArticle,
} from "./types/type-walk";

export interface Unkeyable {
  /** `a function`, `an AbortSignal`, `an instance of Session without toJSON` */
  readonly what: string;
  /** The path within the value. It is empty for the value itself. */
  readonly path: string;
  /** Whether the part may be missing, or something else. */
  readonly isOneOf: boolean;
  /** It may occur only because of a library's type, which the program did not choose. */
  readonly isForeign: boolean;
}

const known = new WeakMap<ts.Type, { readonly found: Unkeyable | null }>();

/**
 * Finds what can't be part of a key in a type's values, following runtime/keys/token.ts. Returns
 * null if nothing is known to be wrong.
 */
export function findUnkeyable(context: TypeContext, type: ts.Type): Unkeyable | null {
  const answer = known.get(type);
  if (answer) return answer.found;
  let found: Unkeyable | null = null;
  walkType(context, type, (step) => {
    const isForeign = further(step.ofUnions, step.ofOptionals) === "foreign";
    if (found && (!found.isForeign || isForeign)) return false;
    const what = isPropertyKey(context, step)
      ? null
      : describeUnkeyable(context, step.type, step.shape);
    if (what !== null) {
      const isOneOf = step.ofOptionals !== "none" || presentOf(context, step.members).length > 1;
      found = { what, path: printPath(step.path), isOneOf, isForeign };
    }
    // A value with toJSON is encoded as the result of toJSON.
    return what === null && !(step.shape.kind === "instance" && step.shape.toJson);
  });
  known.set(type, { found });
  return found;
}

/**
 * Recognises `keyof T`, which has symbols beside its strings and numbers, though nobody intends
 * them.
 */
export function isPropertyKey({ ts }: TypeContext, { shape, members }: Step): boolean {
  return shape.kind === "symbol" && members.some(({ flags }) => flags & ts.TypeFlags.StringLike);
}

function presentOf({ ts }: TypeContext, members: readonly ts.Type[]): readonly ts.Type[] {
  return members.filter(
    ({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void)),
  );
}

function describeUnkeyable(context: TypeContext, type: ts.Type, shape: Shape): string | null {
  switch (shape.kind) {
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "platform":
      if (shape.platform === "Promise") return "a promise";
      if (shape.own && ["Date", "Map", "Set", "bytes"].includes(shape.platform)) return null;
      // A user's event emitter may well have one.
      if (context.checker.getPropertyOfType(type, "toJSON")) return null;
      return withArticle(nameOfType(context, type));
    case "instance":
      if (shape.toJson) return null;
      // A value of an interface may be written as a plain object: its functions are reported by
      // their names.
      if (!shape.isClass && !isPlatform(context, type.getSymbol())) return null;
      if (!shape.member && !isMadeByNew(context, type)) return null;
      return `an instance of ${nameOfType(context, type)} without toJSON`;
    default:
      return null;
  }
}

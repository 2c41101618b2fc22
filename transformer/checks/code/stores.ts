import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { isPrimitive } from "../types/value-types";

/**
 * A collection of objects plays the role of a database: the program caches its contents, and
 * invalidates them when they change.
 */
export function isStore(context: CheckContext, given: ts.Type): boolean {
  const { ts, checker } = context;
  const type = checker.getApparentType(given);
  const isMap = /^(?:Readonly)?(?:Map|Set)$/.test(type.getSymbol()?.name ?? "");
  const element =
    checker.isArrayLikeType(type) || isMap
      ? checker.getTypeArguments(type as ts.TypeReference).at(-1)
      : checker.getIndexTypeOfType(type, ts.IndexKind.String);
  return element !== undefined && !isPrimitive(context, element);
}

import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";

type Types = Pick<CheckContext, "ts" | "checker">;

/**
 * Whether the type is string, number, bigint, boolean, a literal, an enum, a branded type of these,
 * a Date, or an optional one of these.
 */
export function isPrimitive(types: Types, type: ts.Type): boolean {
  const parts = presentParts(types, type);
  return (
    parts.length > 0 &&
    parts.every((part) => isPrimitivePart(types, part) || nameOf(part) === "Date")
  );
}

/**
 * Whether the value could be part of a key: a primitive, or an object of nothing but such values.
 * Objects with methods don't count, because they are services, connections or signals, and neither
 * do values of unknown type.
 */
export function isData(types: Types, type: ts.Type): boolean {
  const parts = presentParts(types, type);
  return parts.length > 0 && parts.every((part) => isDataPart(types, part, new Set()));
}

/** Whether the value has properties. */
export function isObject(types: Types, type: ts.Type): boolean {
  const parts = presentParts(types, type);
  return parts.length > 0 && parts.every((part) => part.flags & types.ts.TypeFlags.Object);
}

/**
 * Returns the members of a union without null and undefined. A type parameter is the type that it
 * extends.
 */
function presentParts({ ts, checker }: Types, type: ts.Type): readonly ts.Type[] {
  const known =
    type.flags & ts.TypeFlags.TypeParameter
      ? (checker.getBaseConstraintOfType(type) ?? type)
      : type;
  const parts = known.isUnion() ? known.types : [known];
  return parts.filter(
    (part) => !(part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void)),
  );
}

function isPrimitivePart({ ts }: Types, type: ts.Type): boolean {
  const { StringLike, NumberLike, BigIntLike, BooleanLike, EnumLike } = ts.TypeFlags;
  const primitives = StringLike | NumberLike | BigIntLike | BooleanLike | EnumLike;
  // `string & { brand: "UserId" }`
  if (type.isIntersection()) return type.types.some((one) => one.flags & primitives);
  return (type.flags & primitives) !== 0;
}

/** Built-in objects with methods that a key accepts. */
const keyedObjects = new Set([
  "Date",
  "Map",
  "ReadonlyMap",
  "Set",
  "ReadonlySet",
  "Buffer",
  "ArrayBuffer",
  "DataView",
]);

function isDataPart(types: Types, type: ts.Type, outer: Set<ts.Type>): boolean {
  const { ts, checker } = types;
  if (isPrimitivePart(types, type)) return true;
  if (
    !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) ||
    type.getCallSignatures().length > 0
  )
    return false;
  const name = nameOf(type);
  if (
    keyedObjects.has(name) ||
    /^(?:Big)?(?:Ui|I)nt\d+(?:Clamped)?Array$|^Float\d+Array$/.test(name)
  )
    return true;
  // A type that contains itself is data if the rest of it is.
  if (outer.has(type)) return true;
  outer.add(type);
  const isDataInside = (inner: ts.Type): boolean =>
    presentParts(types, inner).every(
      (part) =>
        part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown) || isDataPart(types, part, outer),
    );
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    return checker.getTypeArguments(type as ts.TypeReference).every(isDataInside);
  }
  const properties = checker.getPropertiesOfType(type);
  // An object with listeners is a service or a connection, even if it has a toJSON, as Koa's `app`
  // does.
  if (properties.some((property) => property.name === "addListener")) return false;
  // A protected toJSON is for logs, and usually belongs to a service.
  if (properties.some((property) => property.name === "toJSON" && !isHidden(types, property)))
    return true;
  if (properties.some((property) => property.name === "stack")) return false;
  const indexes = checker.getIndexInfosOfType(type);
  if (properties.length + indexes.length === 0) return false;
  return (
    properties.every((property) => isDataInside(checker.getTypeOfSymbol(property))) &&
    indexes.every(({ type: value }) => isDataInside(value))
  );
}

function isHidden({ ts }: Types, { declarations = [] }: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return declarations.some((declaration) => ts.getCombinedModifierFlags(declaration) & hidden);
}

function nameOf(type: ts.Type): string {
  return type.getSymbol()?.name ?? "";
}

import type ts from "typescript";
import { type PlatformKind, platformTypeOf, type TypeContext } from "./platform-types";
import { shapeOf } from "./type-shape";
import { nameOfType, type Step, walkType, withArticle } from "./type-walk";

/** A part of a type that code can change without a type error. */
export interface ChangeablePart {
  /** The path from the root: `.items[].name`. It is empty for the value itself. */
  readonly path: string;
  /** `is not readonly` */
  readonly what: string;
  /** `Declare it readonly` */
  readonly instead: string;
}

const known = new WeakMap<ts.Type, { readonly found: ChangeablePart | null }>();

/**
 * Finds the first part that isn't readonly. A type that doesn't say what it contains is such a
 * part.
 */
export function findChangeable(context: TypeContext, type: ts.Type): ChangeablePart | null {
  const answer = known.get(type);
  if (answer) return answer.found;
  let found: ChangeablePart | null = null;
  walkType(context, type, (step) => {
    found ??= changeableIn(context, step);
    return found === null;
  });
  known.set(type, { found });
  return found;
}

/**
 * Whether a value of the type may be an object or contain one. Other values can always be shared.
 */
export function hasObjects(context: TypeContext, type: ts.Type): boolean {
  let found = false;
  walkType(context, type, ({ shape }) => {
    found ||=
      shape.kind === "record" ||
      shape.kind === "list" ||
      shape.kind === "instance" ||
      shape.kind === "platform";
    return false;
  });
  return found;
}

/** Advice for types that have no readonly form. */
const replacements: Readonly<Partial<Record<PlatformKind, string>>> = {
  Date: "Return its time as a number or a text",
  bytes: "Return a text of its bytes",
  Map: "Declare it as a ReadonlyMap",
  Set: "Declare it as a ReadonlySet",
};

function changeableIn(context: TypeContext, { type, shape, path }: Step): ChangeablePart | null {
  const name = nameOfType(context, type);
  const declare = "Declare what it holds, readonly all the way";
  switch (shape.kind) {
    case "unknown":
    case "open":
      return {
        path,
        what: `is ${name}, which may be an object that can be changed`,
        instead: declare,
      };
    case "platform": {
      const platform = platformTypeOf(context, type);
      if (shape.own && /^Readonly(?:Map|Set)$/.test(platform?.name ?? "")) return null;
      const instead = replacements[shape.platform] ?? "Return plain data that is read from it";
      return { path, what: `is ${withArticle(name)}, which can be changed`, instead };
    }
    case "list":
      return isReadonlyList(context, type)
        ? null
        : {
            path,
            what: `is ${name}, whose elements can be replaced`,
            instead: "Declare it as a readonly array",
          };
    case "record":
    case "instance":
      return changeableMember(context, type, path);
    default:
      return null;
  }
}

function isReadonlyList({ ts, checker }: TypeContext, type: ts.Type): boolean {
  if (checker.isTupleType(type)) return (type as ts.TupleTypeReference).target.readonly;
  if (checker.isArrayType(type)) return type.getSymbol()?.name === "ReadonlyArray";
  const index = checker
    .getIndexInfosOfType(type)
    .find(({ keyType }) => keyType.flags & ts.TypeFlags.Number);
  return index?.isReadonly ?? false;
}

function changeableMember(
  context: TypeContext,
  type: ts.Type,
  path: string,
): ChangeablePart | null {
  const { ts, checker } = context;
  for (const property of checker.getPropertiesOfType(type)) {
    const isBehaviour = property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.GetAccessor);
    const isFunction = shapeOf(context, checker.getTypeOfSymbol(property)).kind === "function";
    if (isBehaviour && !(property.flags & ts.SymbolFlags.SetAccessor)) continue;
    if (isFunction || isReadonlyProperty(context, property)) continue;
    return {
      path: `${path}.${property.name}`,
      what: "is not readonly",
      instead: "Declare it readonly",
    };
  }
  const index = checker.getIndexInfosOfType(type).find(({ isReadonly }) => !isReadonly);
  if (!index) return null;
  const what = `is ${nameOfType(context, type)}, whose properties can be replaced`;
  return { path, what, instead: "Make its index signature readonly" };
}

/** The internal flags of a property that a mapped type or an intersection makes. */
interface MadeProperty {
  readonly links?: { readonly checkFlags?: number };
}
const madeReadonly = 8;

function isReadonlyProperty({ ts }: TypeContext, property: ts.Symbol): boolean {
  if (((property as MadeProperty).links?.checkFlags ?? 0) & madeReadonly) return true;
  const { valueDeclaration } = property;
  if (!valueDeclaration) return false;
  return (ts.getCombinedModifierFlags(valueDeclaration) & ts.ModifierFlags.Readonly) !== 0;
}

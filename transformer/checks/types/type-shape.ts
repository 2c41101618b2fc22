import type ts from "typescript";
import { isDeclaredElsewhere } from "./library-types";
import { isPlatform, type PlatformKind, platformTypeOf, type TypeContext } from "./platform-types";

/** The structure of the values of one member of a union. */
export type Shape =
  /** string, number, boolean, null, enums, and branded ones */
  | { readonly kind: "primitive" }
  | { readonly kind: "undefined" | "bigint" | "symbol" | "function" }
  /** any, unknown, object */
  | { readonly kind: "unknown" }
  /** A type parameter, or a type made of one: nothing is reported about it. */
  | { readonly kind: "open" }
  | {
      readonly kind: "platform";
      readonly platform: PlatformKind;
      readonly own: boolean;
      readonly parts: Parts;
    }
  | { readonly kind: "list" | "record"; readonly parts: Parts }
  | Instance;

/** An instance of a class, or of an interface with methods. */
export interface Instance {
  readonly kind: "instance";
  readonly isClass: boolean;
  /** A member of its prototype, or a private one, which no plain object has. */
  readonly member: { readonly kind: "method" | "getter" | "private"; readonly name: string } | null;
  readonly toJson: ts.Type | null;
  readonly parts: Parts;
}

/**
 * Its parts. They are computed on demand, because the compiler itself may never have needed the
 * types of all members.
 */
export type Parts = () => readonly Part[];

export interface Part {
  /** The continuation of a path: `.createdAt`, `[]`, `.get(…)`. */
  readonly step: string;
  readonly place: "element" | "property" | "optional" | "entry";
  readonly type: ts.Type;
  /** For a property: whether a library declares it. */
  readonly isElsewhere?: boolean;
  /**
   * For an optional property: whether it is optional because of a library or of a mapped type such
   * as Partial, and not because the program says so.
   */
  readonly isOptionalElsewhere?: boolean;
}

const shapes = new WeakMap<ts.Type, Shape>();

/** Returns the shape of a type that is not a union; `membersOf` splits unions. */
export function shapeOf(context: TypeContext, type: ts.Type): Shape {
  let shape = shapes.get(type);
  if (!shape) shapes.set(type, (shape = createShape(context, type)));
  return shape;
}

/**
 * Returns the members of a union, or the type itself if it isn't one. A type parameter is the type
 * that it extends.
 */
export function membersOf({ ts, checker }: TypeContext, type: ts.Type): readonly ts.Type[] {
  const known =
    type.flags & ts.TypeFlags.Instantiable ? (checker.getBaseConstraintOfType(type) ?? type) : type;
  return known.isUnion() && !(known.flags & (ts.TypeFlags.BooleanLike | ts.TypeFlags.EnumLike))
    ? known.types
    : [known];
}

function createShape(context: TypeContext, type: ts.Type): Shape {
  const { ts } = context;
  const { flags } = type;
  const { TypeFlags } = ts;
  if (flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.NonPrimitive))
    return { kind: "unknown" };
  if (flags & (TypeFlags.Undefined | TypeFlags.Void)) return { kind: "undefined" };
  if (flags & TypeFlags.BigIntLike) return { kind: "bigint" };
  if (flags & TypeFlags.ESSymbolLike) return { kind: "symbol" };
  if (
    flags &
    (TypeFlags.StringLike | TypeFlags.NumberLike | TypeFlags.BooleanLike | TypeFlags.EnumLike)
  ) {
    return { kind: "primitive" };
  }
  if (flags & (TypeFlags.Null | TypeFlags.Never)) return { kind: "primitive" };
  if (flags & TypeFlags.Instantiable) return { kind: "open" };
  if (type.isIntersection()) return intersectionShape(context, type);
  return objectShape(context, type);
}

/**
 * Returns the shape of an intersection. `string & { __brand: "UserId" }` is a string, and so is
 * `Buffer & string`; `User & { extra: string }` has the shape of User.
 */
function intersectionShape(context: TypeContext, type: ts.IntersectionType): Shape {
  const members = type.types.map((member) => shapeOf(context, member));
  const decisive =
    members.find(({ kind }) => kind === "primitive") ??
    members.find(({ kind }) => kind !== "record" && kind !== "unknown");
  return decisive ?? recordShape(context, type);
}

function objectShape(context: TypeContext, type: ts.Type): Shape {
  const { ts, checker } = context;
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0)
    return { kind: "function" };
  const symbol = type.getSymbol();
  if (symbol?.name === "Function" && isPlatform(context, symbol)) return { kind: "function" };
  const platform = platformTypeOf(context, type);
  if (platform && platform.kind !== "wrapper") {
    const parts = (): Part[] =>
      platform.kind === "Map" || platform.kind === "Set" ? entriesOf(context, platform.type) : [];
    return { kind: "platform", platform: platform.kind, own: platform.own, parts };
  }
  if (platform) return { kind: "open" };
  if (checker.isTupleType(type))
    return { kind: "list", parts: () => tupleParts(context, type as ts.TupleTypeReference) };
  const isClass = (symbol?.flags ?? 0) & ts.SymbolFlags.Class;
  const element =
    !isClass &&
    checker.isArrayLikeType(type) &&
    checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (element)
    return { kind: "list", parts: () => [{ step: "[]", place: "element", type: element }] };
  return recordShape(context, type);
}

function entriesOf({ checker }: TypeContext, type: ts.Type): Part[] {
  const [first, second] = checker.getTypeArguments(type as ts.TypeReference);
  if (!first) return [];
  if (!second) return [{ step: ".values()", place: "entry", type: first }];
  return [
    { step: ".keys()", place: "entry", type: first },
    { step: ".get(…)", place: "entry", type: second },
  ];
}

function tupleParts({ ts, checker }: TypeContext, type: ts.TupleTypeReference): Part[] {
  return checker.getTypeArguments(type).map((item, i) => {
    const flags = type.target.elementFlags[i] ?? ts.ElementFlags.Required;
    const isFixed = flags & (ts.ElementFlags.Required | ts.ElementFlags.Optional);
    return {
      step: isFixed ? `[${i}]` : "[]",
      place: flags & ts.ElementFlags.Optional ? "optional" : "element",
      type: item,
    };
  });
}

/** Properties of Object.prototype, which an interface may declare again. */
const everyObjectHas = /^(?:toString|toLocaleString|valueOf)$/;

function recordShape(context: TypeContext, type: ts.Type): Shape {
  const { ts, checker } = context;
  const properties = checker.getPropertiesOfType(type).filter(({ name }) => !isSymbolName(name));
  const isClass = ((type.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) !== 0;
  const member =
    behaviourOf(context, properties, isClass) ?? platformBehaviourOf(context, type, properties);
  const findParts = (): Part[] => {
    const parts: Part[] = properties
      .filter(
        (property) =>
          isClass || !(everyObjectHas.test(property.name) || isMethodLeftOut(context, property)),
      )
      .map((property) => ({
        step: stepTo(property.name),
        place: property.flags & ts.SymbolFlags.Optional ? "optional" : "property",
        type: checker.getTypeOfSymbol(property),
        isElsewhere: isDeclaredElsewhere(context, property),
        isOptionalElsewhere:
          isDeclaredElsewhere(context, property) || !isWrittenOptional(ts, property),
      }));
    for (const index of checker.getIndexInfosOfType(type))
      parts.push({ step: "[…]", place: "entry", type: index.type });
    return parts;
  };
  let found: readonly Part[] | null = null;
  const parts: Parts = () => (found ??= findParts());
  const toJson = toJsonOf(context, type);
  if (!isClass && !member && !toJson) return { kind: "record", parts };
  // Types use `{ toJSON(): unknown }` for "or anything else that JSON knows".
  if (properties.length === 1 && toJson && toJson.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown))
    return { kind: "unknown" };
  return { kind: "instance", isClass, member, toJson, parts };
}

/** Recognises `signal?: AbortSignal`, and not a property that a mapped type makes optional. */
function isWrittenOptional({ SyntaxKind }: typeof ts, { declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => {
    // TypeScript 7 has one name for both signs.
    const { questionToken, postfixToken } = declaration as {
      readonly questionToken?: ts.Node;
      readonly postfixToken?: ts.Node;
    };
    return (questionToken ?? postfixToken)?.kind === SyntaxKind.QuestionToken;
  });
}

function isSymbolName(name: string): boolean {
  return name.startsWith("__@");
}

function stepTo(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `.${name}`
    : `[${JSON.stringify(name)}]`;
}

/**
 * Finds what a plain object does not have: methods, getters of a class, private names. A property
 * whose value is a function doesn't count, nor do the methods of a type literal, which are reported
 * by their paths.
 */
function behaviourOf(
  { ts }: TypeContext,
  properties: readonly ts.Symbol[],
  isClass: boolean,
): Instance["member"] {
  for (const property of properties) {
    const { name, declarations = [] } = property;
    if (!isClass && (everyObjectHas.test(name) || isMethodLeftOut({ ts }, property))) continue;
    for (const declaration of declarations) {
      if (ts.isSourceFile(declaration)) continue;
      const inClass = ts.isClassLike(declaration.parent);
      const inInterface = ts.isInterfaceDeclaration(declaration.parent);
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      if (ts.isMethodDeclaration(declaration) && inClass) return { kind: "method", name };
      if (ts.isMethodSignature(declaration) && inInterface && name !== "toJSON" && !isOptional)
        return { kind: "method", name };
      const isGetter =
        ts.isGetAccessorDeclaration(declaration) ||
        ts.isAutoAccessorPropertyDeclaration(declaration);
      if (inClass && isGetter && !isOptional) return { kind: "getter", name };
      if (ts.isPropertyDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name)) {
        return { kind: "private", name: declaration.name.text };
      }
    }
  }
  return null;
}

/**
 * Recognises `save` in `Partial<Article>`: code that writes some of an article's data as a plain
 * object doesn't intend the methods.
 */
function isMethodLeftOut(
  { ts }: Pick<TypeContext, "ts">,
  { flags, declarations = [] }: ts.Symbol,
): boolean {
  return (
    (flags & ts.SymbolFlags.Optional) !== 0 &&
    declarations.some((one) => ts.isMethodDeclaration(one))
  );
}

/**
 * Does the same for the platform's classes, some of which are declared with functions as
 * properties: those of Headers.
 */
function platformBehaviourOf(
  context: TypeContext,
  type: ts.Type,
  properties: readonly ts.Symbol[],
): Instance["member"] {
  const { checker } = context;
  const bases = type.isClassOrInterface() ? checker.getBaseTypes(type) : [];
  if (![type, ...bases].some((one) => isPlatform(context, one.getSymbol()))) return null;
  const isMethod = (property: ts.Symbol): boolean =>
    !everyObjectHas.test(property.name) &&
    property.name !== "toJSON" &&
    checker.getTypeOfSymbol(property).getCallSignatures().length > 0;
  const method = properties.find(isMethod);
  return method ? { kind: "method", name: method.name } : null;
}

/** Returns the type that toJSON returns, if there certainly is one. */
function toJsonOf({ ts, checker }: TypeContext, type: ts.Type): ts.Type | null {
  const property = checker.getPropertyOfType(type, "toJSON");
  if (!property || property.flags & ts.SymbolFlags.Optional) return null;
  const [signature] = checker.getTypeOfSymbol(property).getCallSignatures();
  return signature ? checker.getReturnTypeOfSignature(signature) : null;
}

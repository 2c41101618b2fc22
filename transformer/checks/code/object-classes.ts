import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { constructionsOf, extendersOf } from "./constructions";
import { isCalledDifferently } from "./different-values";
import { resolveSymbol } from "./resolve-symbol";
import { writesToField } from "./property-writes";
import { isWithin } from "./syntax-ranges";
import { declaredMember } from "./receiver-reads";
import { type Viewer } from "./settings";
import { visitNamesOfProgram } from "./names-of-program";

/** A base with more classes than this is represented by the first ones. */
const maxClasses = 12;

/**
 * Returns the objects whose entries have one key. A default key has the name of the object's class,
 * so that each class is on its own; an explicit key has what its template names.
 */
export function viewersOf(
  context: CheckContext,
  owner: ts.ClassLikeDeclaration | null,
  isDefaultKey: boolean,
): readonly (Viewer | null)[] {
  if (!owner) return [null];
  if (!isDefaultKey) return [{ of: owner, exact: false }];
  const below = concreteExtendersOf(context, owner);
  const isMade = constructionsOf(context, owner).some(
    ({ of, isSuper }) => of === owner && !isSuper,
  );
  const isOwn = !isAbstract(context, owner) && (isMade || below.length === 0);
  const all = isOwn ? [owner, ...below] : below;
  return all.slice(0, maxClasses).map((of) => ({ of, exact: all.length > 1 || of !== owner }));
}

export function concreteExtendersOf(
  context: CheckContext,
  owner: ts.ClassLikeDeclaration,
): readonly ts.ClassLikeDeclaration[] {
  return extendersOf(context, owner).filter((one) => !isAbstract(context, one));
}

function isAbstract({ ts }: CheckContext, owner: ts.ClassLikeDeclaration): boolean {
  return (ts.getCombinedModifierFlags(owner) & ts.ModifierFlags.Abstract) !== 0;
}

/**
 * Returns the member as the objects of the class have it, which may be declared in a class in
 * between.
 */
export function memberIn(
  { ts, checker }: CheckContext,
  owner: ts.ClassLikeDeclaration,
  member: ts.Symbol,
): ts.Symbol {
  const declaration = member.valueDeclaration;
  const isStatic =
    declaration && (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Static) !== 0;
  const type = isStatic
    ? owner.name &&
      checker.getTypeOfSymbolAtLocation(checker.getSymbolAtLocation(owner.name) as ts.Symbol, owner)
    : checker.getTypeAtLocation(owner);
  return type?.getProperty(member.name) ?? member;
}

/**
 * Whether classes of the program that extend this one have another member of that name, or the
 * member is left to them.
 */
export function differsByClass(
  context: CheckContext,
  owner: ts.ClassLikeDeclaration,
  member: ts.Symbol,
): boolean {
  const { ts } = context;
  const below = concreteExtendersOf(context, owner);
  const own = declaredMember(context, member);
  const declaration = own.valueDeclaration;
  const isLeft =
    declaration && (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Abstract) !== 0;
  // A single class shares its entries with no other class.
  if (isLeft) return below.length !== 1;
  return (
    below.some((one) => declaredMember(context, memberIn(context, one, own)) !== own) ||
    isSetInClasses(context, own, below)
  );
}

/** `this.table = "users"` in a static block, and `User.table = "users"` beside the class */
function isSetInClasses(
  context: CheckContext,
  { valueDeclaration: declaration }: ts.Symbol,
  classes: readonly ts.ClassLikeDeclaration[],
): boolean {
  const { ts } = context;
  if (!declaration || !ts.isPropertyDeclaration(declaration)) return false;
  if (!(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Static)) return false;
  return writesToField(context, declaration).some(({ node }) => {
    const target = ts.isBinaryExpression(node) ? node.left : null;
    if (!target || !ts.isPropertyAccessExpression(target)) return false;
    const holder = resolveSymbol(context, target.expression)?.valueDeclaration;
    return classes.some((one) => one === holder);
  });
}

/**
 * Whether a member comes from the argument of a mixin, `function Cached(Base) { return class
 * extends Base { … } }`, and the mixin is applied to several classes. A class that extends the
 * result has a default key of its own.
 */
export function differsByApplication(
  context: CheckContext,
  owner: ts.ClassLikeDeclaration,
  member: ts.Symbol,
  isDefaultKey: boolean,
): boolean {
  const { ts, checker } = context;
  const declaration = member.valueDeclaration;
  const clause = owner.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  const base = clause?.types[0]?.expression;
  if (!base || !ts.isIdentifier(base) || (declaration && isWithin(declaration, owner)))
    return false;
  const parameter = checker.getSymbolAtLocation(base)?.valueDeclaration;
  if (!parameter || !ts.isParameter(parameter)) return false;
  return isCalledDifferently(context, parameter, ({ isExtended }) => !(isDefaultKey && isExtended));
}

/** Recognises `{ ...service, n: 10 }`, if the member of the literal `service` is `n`. */
export function isReplacedInCopy(
  context: CheckContext,
  literal: ts.ObjectLiteralExpression,
  name: string,
): boolean {
  const { ts, checker } = context;
  const { parent } = literal;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  const symbol = checker.getSymbolAtLocation(parent.name);
  let isReplaced = false;
  visitNamesOfProgram(context, parent.name.text, "all", (node) => {
    const copy = copyOf(ts, node);
    if (!copy || resolveSymbol(context, node) !== symbol) return;
    isReplaced ||= copy.properties.some((one) => one.name?.getText() === name);
  });
  return isReplaced;
}

/**
 * Returns the literal that has the object's properties and its own: `{ ...service, n: 10 }`,
 * `Object.assign({}, service, { n: 10 })`.
 */
function copyOf(compiler: typeof ts, { parent }: ts.Identifier): ts.ObjectLiteralExpression | null {
  if (compiler.isSpreadAssignment(parent)) return parent.parent;
  if (
    !compiler.isCallExpression(parent) ||
    !/^Object\.(?:assign|create)$/.test(parent.expression.getText())
  )
    return null;
  const last = parent.arguments.at(-1);
  return last && compiler.isObjectLiteralExpression(last) ? last : null;
}

/** Whether objects of two classes have the method, so that their members may differ. */
export function differsBySubclass(context: CheckContext, owner: ts.ClassLikeDeclaration): boolean {
  return viewersOf(context, owner, true).length > 1;
}

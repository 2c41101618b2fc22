import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { walkTree } from "../../context/walk-tree";
import { visitNodesWith } from "../../context/word-places";
import { resolveSymbol } from "./resolve-symbol";
import { type TypeContext } from "../types/platform-types";

/**
 * A place where a class gets its arguments: `new Mailer(host)`, or `super(host)` in a class that
 * extends it.
 */
export interface Construction {
  readonly arguments: readonly ts.Expression[];
  /** The class that is constructed, or the one that calls `super`. */
  readonly of: ts.ClassLikeDeclaration;
  readonly isSuper: boolean;
}

/**
 * Whether values of this class are made by `new`. An object literal can't replace them if the
 * constructor takes something or a member is private. For a class of data alone it can, and does if
 * a framework only fills it in, unless the program constructs one itself.
 */
export function isMadeByNew(context: TypeContext, type: ts.Type): boolean {
  const { ts, checker } = context;
  if (type.isIntersection()) return type.types.some((member) => isMadeByNew(context, member));
  const owner = type.getSymbol()?.valueDeclaration;
  if (!owner || !ts.isClassLike(owner)) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isHidden = (property: ts.Symbol): boolean =>
    (property.declarations ?? []).some(
      (declaration) => ts.getCombinedModifierFlags(declaration) & hidden,
    );
  if (checker.getPropertiesOfType(type).some(isHidden)) return true;
  const signatures = checker.getTypeOfSymbol(type.symbol).getConstructSignatures();
  if (signatures.some(({ parameters }) => parameters.length > 0)) return true;
  return constructionsOf(context, owner).some(({ isSuper }) => !isSuper);
}

const known = oncePerProgram(() => new Map<ts.ClassLikeDeclaration, readonly Construction[]>());

/**
 * Returns all constructions in the program. Those of its tests are left out, because what they
 * construct shares no entry with anyone.
 */
export function constructionsOf(
  context: TypeContext,
  owner: ts.ClassLikeDeclaration,
): readonly Construction[] {
  const { ts } = context;
  const ofProgram = known(context);
  const before = ofProgram.get(owner);
  if (before) return before;
  const found: Construction[] = [];
  // Set before it is known, because a class may be constructed inside itself.
  ofProgram.set(owner, found);
  const name = owner.name?.text ?? nameOfHolder(ts, owner);
  if (name === null) return found;
  for (const { expression, node } of usesOf(context, name)) {
    if (!isClass(context, expression, owner)) continue;
    if (ts.isClassLike(node)) found.push(...handedOn(context, node));
    else found.push({ arguments: node.arguments ?? [], of: owner, isSuper: false });
  }
  return found;
}

const knownExtenders = oncePerProgram(
  () => new Map<ts.ClassLikeDeclaration, readonly ts.ClassLikeDeclaration[]>(),
);

/** Returns the classes of the program that extend a class, directly or through others. */
export function extendersOf(
  context: TypeContext,
  owner: ts.ClassLikeDeclaration,
): readonly ts.ClassLikeDeclaration[] {
  const { ts } = context;
  const ofProgram = knownExtenders(context);
  const before = ofProgram.get(owner);
  if (before) return before;
  const found: ts.ClassLikeDeclaration[] = [];
  ofProgram.set(owner, found);
  const name = owner.name?.text ?? nameOfHolder(ts, owner);
  if (name === null) return found;
  for (const { expression, node } of usesOf(context, name))
    if (ts.isClassLike(node) && isClass(context, expression, owner))
      found.push(node, ...extendersOf(context, node));
  return found;
}

/** `Base` of `const Base = class { … }` */
function nameOfHolder(compiler: typeof ts, { parent }: ts.ClassLikeDeclaration): string | null {
  return compiler.isVariableDeclaration(parent) && compiler.isIdentifier(parent.name)
    ? parent.name.text
    : null;
}

function isClass(
  context: TypeContext,
  expression: ts.Expression,
  owner: ts.ClassLikeDeclaration,
): boolean {
  const declaration = resolveSymbol(context, expression)?.valueDeclaration;
  return declaration !== undefined && (declaration === owner || declaration === owner.parent);
}

/** A class after `new` or after `extends`. */
interface ClassUse {
  readonly expression: ts.Expression;
  readonly node: ts.NewExpression | ts.ClassLikeDeclaration;
}

/** A file that did not change is read once, whatever the program, and whatever the class. */
const knownUses = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly ClassUse[]>>();

const usesByName = oncePerProgram(
  (context: TypeContext): ReadonlyMap<string, readonly ClassUse[]> => {
    const all = new Map<string, ClassUse[]>();
    for (const file of context.program.getSourceFiles())
      for (const [name, found] of usesIn(context, file)) {
        const before = all.get(name);
        if (before) before.push(...found);
        else all.set(name, [...found]);
      }
    return all;
  },
);

/** Returns all uses in the program, in the order of its files. */
function usesOf(context: TypeContext, name: string): readonly ClassUse[] {
  return usesByName(context).get(name) ?? [];
}

/** Returns uses by the last name of the class, which is usually enough without types. */
function usesIn(
  { ts }: TypeContext,
  file: ts.SourceFile,
): ReadonlyMap<string, readonly ClassUse[]> {
  const before = knownUses.get(file);
  if (before) return before;
  const uses = new Map<string, ClassUse[]>();
  const isRead = !file.isDeclarationFile && !testFile.test(file.fileName);
  if (isRead)
    visitNodesWith(ts, file, ["new", "extends"], (node) => {
      if (!ts.isNewExpression(node) && !ts.isClassLike(node)) return;
      const expression = ts.isNewExpression(node) ? node.expression : baseExpression(ts, node);
      const name = expression && lastName(ts, expression);
      if (expression && name) uses.set(name, [...(uses.get(name) ?? []), { expression, node }]);
    });
  knownUses.set(file, uses);
  return uses;
}

export const testFile = /\.(?:test|spec)\.[cm]?tsx?$|\/__tests__\//;

/**
 * Returns what a class passes to its base. Without a constructor of its own, that is what it is
 * given.
 */
function handedOn(context: TypeContext, of: ts.ClassLikeDeclaration): readonly Construction[] {
  const { ts } = context;
  const own = of.members.find((member) => ts.isConstructorDeclaration(member));
  if (!own) return constructionsOf(context, of);
  const calls: Construction[] = [];
  walkTree(ts, own, (node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword)
      calls.push({ arguments: node.arguments, of, isSuper: true });
  });
  return calls;
}

/** `Base` of `class Users extends Base` */
function baseExpression(
  compiler: typeof ts,
  { heritageClauses }: ts.ClassLikeDeclaration,
): ts.Expression | null {
  const clause = heritageClauses?.find(({ token }) => token === compiler.SyntaxKind.ExtendsKeyword);
  return clause?.types[0]?.expression ?? null;
}

/** Whether it is the class, or one that extends it. */
export function isSameOrExtends(
  context: TypeContext,
  one: ts.ClassLikeDeclaration,
  base: ts.ClassLikeDeclaration,
): boolean {
  if (one === base) return true;
  const above = baseExpression(context.ts, one);
  const next = above && resolveSymbol(context, above)?.valueDeclaration;
  return next
    ? context.ts.isClassLike(next) && next !== one && isSameOrExtends(context, next, base)
    : false;
}

/** Returns `Mailer` for `new Mailer(…)` and for `new mail.Mailer(…)`. */
function lastName(compiler: typeof ts, callee: ts.Expression): string | null {
  if (compiler.isPropertyAccessExpression(callee)) return callee.name.text;
  return compiler.isIdentifier(callee) ? callee.text : null;
}

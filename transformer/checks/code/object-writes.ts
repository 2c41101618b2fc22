import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { assignedValue, type Assignment, writeOf } from "./assignments";
import { oncePerProgram } from "../../context/once-per-program";
import { mayName, visitNames } from "../../context/word-places";
import { someNode, walkTree } from "../../context/walk-tree";
import { resolveSymbol } from "./resolve-symbol";
import { changeOfCaller, handedOn, type Handing, isHandedOn } from "./handed-on";
import { wholePath } from "./object-paths";
import { hasOwnThis } from "./syntax-ranges";

const changing = /^(?:set|add|delete|clear|push|pop|shift|unshift|splice|sort|fill)$/;

/**
 * Returns changes such as `state.region = r`, `flags.set(name, value)`, `Object.assign(state,
 * patch)` anywhere in the program.
 */
export function changesInside(
  context: CheckContext,
  symbol: ts.Symbol,
  first: string | null,
): readonly Assignment[] {
  const ofProgram = knownChanges(context);
  const all = ofProgram.get(symbol) ?? changesOf(context, symbol);
  ofProgram.set(symbol, all);
  return all.filter(({ part }) => first === null || part === null || part === first);
}

interface Change extends Assignment {
  /** The property that is changed, or null if it may be any. */
  readonly part: string | null;
}

const knownChanges = oncePerProgram(() => new Map<ts.Symbol, readonly Change[]>());

function changesOf(context: CheckContext, symbol: ts.Symbol): readonly Change[] {
  const { ts, program } = context;
  const found: Change[] = [];
  const file = (symbol.valueDeclaration as ts.Declaration).getSourceFile();
  const isExported = ((symbol as { parent?: ts.Symbol }).parent ?? null) !== null;
  for (const one of isExported ? program.getSourceFiles() : [file]) {
    if (one.isDeclarationFile || !mayName(one, symbol.name)) continue;
    visitNames(ts, one, new Set([symbol.name]), (name) => {
      const isUsed = changeAt(context, name) !== null || isHandedOn(ts, name);
      if (isUsed && resolveSymbol(context, name) === symbol)
        found.push(...changesBy(context, name));
    });
  }
  const declaration = symbol.valueDeclaration;
  if (declaration && ts.isClassLike(declaration))
    found.push(
      ...changesByThis(
        context,
        declaration.members.filter(
          (one) => ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Static,
        ),
      ),
    );
  if (declaration && ts.isVariableDeclaration(declaration))
    found.push(...changesByThis(context, methodsOf(context, symbol)));
  return found;
}

/** How often an object is followed to a further name: into a helper's variable is two. */
const maxHandings = 3;

/** Returns the changes that are made by a name, or by what has the object from it. */
function changesBy(context: CheckContext, name: ts.Expression): readonly Change[] {
  const found: Change[] = [];
  const seen = new Set<ts.Node>();
  const visit = (node: ts.Expression, way: readonly Handing[]): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const change = changeAt(context, node);
    if (change) found.push(seenFromOutside(context, change, way));
    if (way.length === maxHandings) return;
    for (const handing of handedOn(context, node)) visit(handing.node, [...way, handing]);
  };
  visit(name, []);
  return found;
}

/** Returns a change as the code sees it that had the object first. */
function seenFromOutside(context: CheckContext, change: Change, way: readonly Handing[]): Change {
  const first = way.find(({ part }) => part !== null)?.part ?? null;
  const outer = way.reduceRight((one, { call }) => changeOfCaller(context, one, call), change);
  return first === null ? outer : { ...outer, part: first };
}

/**
 * The methods of the class whose object a variable of the module is: `const flags = new Flags()`.
 */
function methodsOf({ ts, checker }: CheckContext, variable: ts.Symbol): readonly ts.ClassElement[] {
  const owner = checker.getTypeOfSymbol(variable).getSymbol()?.valueDeclaration;
  if (!owner || !ts.isClassLike(owner) || owner.getSourceFile().isDeclarationFile) return [];
  return owner.members.filter((one) => ts.isMethodDeclaration(one) || ts.isSetAccessor(one));
}

/** `this.tenant = tenant` in a static method, and `this.values.set(name, value)` in a method. */
function changesByThis(
  context: CheckContext,
  members: readonly ts.ClassElement[],
): readonly Change[] {
  const { ts } = context;
  const found: Change[] = [];
  for (const member of members)
    walkTree(ts, member, (node) => {
      if (node !== member && hasOwnThis(ts, node)) return "skip";
      const change =
        node.kind === ts.SyntaxKind.ThisKeyword ? changeAt(context, node as ts.Expression) : null;
      if (change) found.push(change);
      return undefined;
    });
  return found;
}

function changeAt(context: CheckContext, name: ts.Expression): Change | null {
  const { ts } = context;
  const { parent } = name;
  const path = wholePath(ts, name);
  const copying = path.parent;
  if (
    ts.isCallExpression(copying) &&
    copying.arguments[0] === path &&
    copying.expression.getText() === "Object.assign"
  ) {
    const first = path !== name && ts.isPropertyAccessExpression(parent) ? parent.name.text : null;
    return { node: copying, value: copying.arguments[1] ?? null, part: first };
  }
  const isStep = ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent);
  if (!isStep || parent.expression !== name) return null;
  const target = wholePath(ts, parent);
  const part = ts.isPropertyAccessExpression(parent) ? parent.name.text : null;
  const call = target.parent;
  // `flags.set(name, value)`, `state.flags.set(name, value)`
  if (
    ts.isPropertyAccessExpression(target) &&
    changing.test(target.name.text) &&
    ts.isCallExpression(call)
  )
    return call.expression === target && !(target === parent && isOwnMethod(context, parent))
      ? { node: call, value: call.arguments.at(-1) ?? null, part: target === parent ? null : part }
      : null;
  const write = writeOf(ts, target);
  return write && { node: write, value: assignedValue(ts, write), part };
}

/**
 * Recognises `Codes.delete(email)`, of a static method of the class `Codes` itself: whatever it
 * changes is found in its body, unless the body hands the class on.
 */
function isOwnMethod({ ts, checker }: CheckContext, callee: ts.PropertyAccessExpression): boolean {
  const method = checker.getSymbolAtLocation(callee.name)?.valueDeclaration;
  if (!method || !ts.isMethodDeclaration(method) || !method.body || !ts.isClassLike(method.parent))
    return false;
  const holder = checker.getTypeAtLocation(callee.expression).getSymbol()?.valueDeclaration;
  const { ThisKeyword, SuperKeyword } = ts.SyntaxKind;
  const isHandedOn = ({ kind, parent }: ts.Node): boolean =>
    kind === SuperKeyword || (kind === ThisKeyword && !ts.isPropertyAccessExpression(parent));
  return holder === method.parent && !someNode(ts, method.body, isHandedOn);
}

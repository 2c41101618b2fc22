import type ts from "typescript";
import { mayDeriveClasses } from "../context/concern";
import { type FileContext } from "../context/file-context";
import { namelessStart } from "../../runtime/plan";
import { extendsClause } from "./receiver-home";
import { type Syntax } from "../context/syntax";
import { boundName, containersOf } from "./target-names";
import { visitNodesWith } from "../context/word-places";

/**
 * Chooses the names under which classes are known at run time, where no minifier changes them: the
 * default key of an inherited method uses them to identify the class of the object that it is
 * called on (see runtime/loads/receiver.ts). A class gets a name if it declares a cached method or
 * may inherit one, as long as the name identifies a single class.
 *
 * @param homes classes that declare a cached method which reads `this`
 */
export function classNamesOf(
  context: FileContext,
  homes: Iterable<ts.ClassLikeDeclaration>,
): ReadonlyMap<ts.ClassLikeDeclaration, string> {
  const all = new Set([...homes, ...derivedClasses(context)]);
  const names = [...all].map((node) => [node, classNameOf(context, node)] as const);
  const count = (name: string): number => names.filter(([, other]) => other === name).length;
  const isKnown = (node: ts.ClassLikeDeclaration, name: string): boolean =>
    !extendsClause(context.ts, node) ||
    (isMadeOnce(context, node) && hasName(context, node) && count(name) === 1);
  return new Map(names.filter(([node, name]) => isKnown(node, name)));
}

/**
 * Returns `shop.users.UserRepository`, or `?.users.UserRepository` in a program without a name,
 * because others may have the same.
 */
export function classNameOf(context: FileContext, node: ts.ClassLikeDeclaration): string {
  const name = ownName(context, node) ?? "class";
  const { text, isOwn } = context.moduleName;
  return [isOwn ? text : `${namelessStart}${text}`, ...containersOf(context, node), name]
    .filter((part) => part !== "")
    .join(".");
}

function derivedClasses({ ts, sourceFile }: FileContext): readonly ts.ClassLikeDeclaration[] {
  if (!mayDeriveClasses(sourceFile.text)) return [];
  const found: ts.ClassLikeDeclaration[] = [];
  visitNodesWith(ts, sourceFile, ["class"], (node) => {
    if (ts.isClassLike(node) && mayInherit(ts, node)) found.push(node);
  });
  return found;
}

/** Classes of the language and of Node that programs extend. They have no cached methods. */
const platformClasses = new Set(
  (
    "Object Function Array Map Set WeakMap WeakSet Promise Date RegExp String Number Boolean Symbol BigInt Uint8Array " +
    "Error TypeError RangeError SyntaxError EvalError ReferenceError URIError AggregateError DOMException " +
    "Event EventTarget EventEmitter AsyncResource Readable Writable Duplex Transform PassThrough HTMLElement"
  ).split(" "),
);

function mayInherit(compiler: Syntax, node: ts.ClassLikeDeclaration): boolean {
  const base = extendsClause(compiler, node)?.types[0]?.expression;
  if (!base || base.kind === compiler.SyntaxKind.NullKeyword) return false;
  if (node.modifiers?.some(({ kind }) => kind === compiler.SyntaxKind.DeclareKeyword)) return false;
  return !(compiler.isIdentifier(base) && platformClasses.has(base.text));
}

/**
 * Whether the class is created once. A class in a function, in a loop or in the value of a field is
 * a new class each time that code runs.
 */
function isMadeOnce({ ts, sourceFile }: FileContext, node: ts.ClassLikeDeclaration): boolean {
  for (let outer: ts.Node = node.parent; outer !== sourceFile; outer = outer.parent) {
    if (ts.isFunctionLike(outer) || ts.isIterationStatement(outer, false)) return false;
    if (
      ts.isPropertyDeclaration(outer) &&
      !(ts.getCombinedModifierFlags(outer) & ts.ModifierFlags.Static)
    )
      return false;
  }
  return true;
}

function hasName(context: FileContext, node: ts.ClassLikeDeclaration): boolean {
  return ownName(context, node) !== null;
}

function ownName(context: FileContext, node: ts.ClassLikeDeclaration): string | null {
  return context.ts.isClassDeclaration(node)
    ? (node.name?.text ?? "default")
    : boundName(context, node);
}

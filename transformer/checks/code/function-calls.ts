import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { isWrapper } from "../../context/wrappers";
import { testFile } from "./constructions";
import { resolveSymbol } from "./resolve-symbol";
import { type TypeContext } from "../types/platform-types";
import { holderOfBinding, isOfModule } from "./syntax-ranges";
import { visitNamesOfProgram } from "./names-of-program";

export interface FunctionCall {
  readonly node: ts.CallExpression;
  /** In `class Users extends Cached(Base)`, the resulting class has a name of its own. */
  readonly isExtended: boolean;
}

const known = oncePerProgram(() => new Map<ts.Node, readonly FunctionCall[]>());

/** Returns the program's calls of a function, by its name. */
export function callsOf(
  context: TypeContext,
  owner: ts.SignatureDeclaration,
): readonly FunctionCall[] {
  const { ts } = context;
  const holder =
    ts.isFunctionDeclaration(owner) || ts.isMethodDeclaration(owner) ? owner : holderOf(ts, owner);
  return holder ? callsOfDeclared(context, holder) : [];
}

/** Returns the program's calls of the name that a declaration has. */
export function callsOfDeclared(
  context: TypeContext,
  holder: ts.NamedDeclaration,
): readonly FunctionCall[] {
  const { ts } = context;
  const ofProgram = known(context);
  const before = ofProgram.get(holder);
  if (before) return before;
  const found: FunctionCall[] = [];
  ofProgram.set(holder, found);
  const name = holder.name && ts.isIdentifier(holder.name) ? holder.name.text : null;
  if (name === null) return found;
  visitNamesOfProgram(context, name, "all", (node) => {
    let callee: ts.Node = node;
    if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)
      callee = node.parent;
    while (isWrapper(ts, callee.parent)) callee = callee.parent;
    const { parent } = callee;
    if (!ts.isCallExpression(parent) || parent.expression !== callee) return;
    if (resolveSymbol(context, node)?.valueDeclaration !== holder) return;
    found.push({ node: parent, isExtended: ts.isExpressionWithTypeArguments(parent.parent) });
  });
  return found;
}

/**
 * Whether the program calls a function once, where a module is loaded, so that each of its
 * parameters has one value. A function that is handed on, or is called in another function or a
 * loop, may be called again.
 */
export function isCalledOnce(context: TypeContext, owner: ts.SignatureDeclaration): boolean {
  const { ts } = context;
  const holder = ts.isFunctionDeclaration(owner) ? owner : holderOf(ts, owner);
  const [call, ...others] = callsOf(context, owner).filter(
    ({ node }) => !testFile.test(node.getSourceFile().fileName),
  );
  if (!holder || !call || others.length > 0 || call.isExtended) return false;
  const areOfModule = isOfModule(ts, holder) && isOfModule(ts, call.node);
  return areOfModule && !isHandedOn(context, holder, call.node);
}

/**
 * Whether a function's name is used beyond its call, imports and exports:
 * `tables.map(createReader)`.
 */
function isHandedOn(
  context: TypeContext,
  holder: ts.NamedDeclaration,
  call: ts.CallExpression,
): boolean {
  const { ts } = context;
  const { name } = holder;
  if (!name || !ts.isIdentifier(name)) return true;
  let found = false;
  visitNamesOfProgram(context, name.text, "without tests", (node) => {
    const isKnown = node === name || node.parent === call || isImportOrExport(ts, node.parent);
    if (!isKnown && resolveSymbol(context, node)?.valueDeclaration === holder) found = true;
  });
  return found;
}

function isImportOrExport(compiler: typeof ts, node: ts.Node): boolean {
  return (
    compiler.isImportSpecifier(node) ||
    compiler.isExportSpecifier(node) ||
    compiler.isImportClause(node) ||
    compiler.isExportAssignment(node)
  );
}

function holderOf(
  compiler: typeof ts,
  owner: ts.Node,
): ts.VariableDeclaration | ts.PropertyDeclaration | null {
  let outer = owner.parent;
  while (isWrapper(compiler, outer)) outer = outer.parent;
  return compiler.isVariableDeclaration(outer) || compiler.isPropertyDeclaration(outer)
    ? outer
    : null;
}

/**
 * Returns the parameter of a function (not of a constructor) that a name belongs to, or null if it
 * is something else.
 */
export function functionParameter(
  { ts }: TypeContext,
  declaration: ts.Node,
): { readonly owner: ts.SignatureDeclaration; readonly position: number } | null {
  const holder = holderOfBinding(ts, declaration);
  if (!ts.isParameter(holder) || ts.isConstructorDeclaration(holder.parent)) return null;
  return { owner: holder.parent, position: holder.parent.parameters.indexOf(holder) };
}

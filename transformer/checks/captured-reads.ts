import type ts from "typescript";
import { type CheckContext } from "./check";
import { type Body, namesReadBy } from "./loader-reads";
import { isData, isPrimitive } from "./value-types";
import {
  type Assignment,
  assignmentsTo,
  functionAround,
  holderOfBinding,
  sourcesOf,
  valueSymbol,
  variableOf,
} from "./variation";

export interface VariableRead {
  readonly name: string;
  /** captured: of the function around. replaced: of the module, given another value by its caller. changing: counts, or is read anew. */
  readonly kind: "captured" | "replaced" | "changing";
}

/** The variables from outside that a loader reads, itself or through functions that stand beside it, and that may differ between calls. */
export function capturedReads(context: CheckContext, loader: Body): VariableRead[] {
  const { ts } = context;
  const moduleVariables = moduleVariablesOf(context);
  const isNested = functionAround(ts, loader) !== null;
  if (!isNested && moduleVariables.size === 0) return [];
  const found = new Map<ts.Symbol, VariableRead>();
  const queue: Body[] = [loader];
  const seen = new Set<ts.Symbol>();
  for (const body of queue) {
    for (const name of namesReadBy(context, body)) {
      if (!isNested && !moduleVariables.has(name.text)) continue;
      const symbol = valueSymbol(context, name);
      const declaration = symbol?.valueDeclaration;
      if (!declaration || seen.has(symbol) || isWithin(declaration, loader) || isWithin(declaration, body)) continue;
      seen.add(symbol);
      queue.push(...localFunction(context, declaration));
      const kind = isAsked(context, symbol, name) ? kindOf(context, symbol, loader) : null;
      if (kind) found.set(symbol, { name: name.text, kind });
    }
  }
  return [...found.values()];
}

function isAsked(context: CheckContext, symbol: ts.Symbol, name: ts.Identifier): boolean {
  const type = context.checker.getTypeOfSymbolAtLocation(symbol, name);
  return isPrimitive(context, type) || isData(context, type);
}

function kindOf(context: CheckContext, symbol: ts.Symbol, loader: Body): VariableRead["kind"] | null {
  const { ts } = context;
  const declaration = symbol.valueDeclaration as ts.Declaration;
  if (declaration.getSourceFile().isDeclarationFile) return null;
  if (!functionAround(ts, declaration))
    return ts.isVariableDeclaration(holderOfBinding(ts, declaration)) ? moduleKind(context, symbol, loader) : null;
  const { kind, values } = variableOf(context, symbol);
  const varies = kind === "source" || values.some((value) => sourcesOf(context, value).size > 0);
  if (!varies) return null;
  return isCounter(context, symbol, declaration) ? "changing" : "captured";
}

/** Changed by what it was before, or by the loaders themselves. */
function isCounter(context: CheckContext, symbol: ts.Symbol, declaration: ts.Node): boolean {
  const scope = functionAround(context.ts, declaration);
  const assignments = scope ? assignmentsTo(context, symbol, scope) : [];
  return assignments.length > 0 && assignments.every(({ value }) => value === null);
}

function moduleKind(context: CheckContext, symbol: ts.Symbol, loader: Body): VariableRead["kind"] | null {
  const { ts } = context;
  const declaration = symbol.valueDeclaration as ts.Declaration;
  const file = declaration.getSourceFile();
  const initial = ts.isVariableDeclaration(declaration) ? declaration.initializer?.getText() : undefined;
  // What the module does while it is set up is done once.
  const later = assignmentsTo(context, symbol, file).filter(({ node }) => functionAround(ts, node) !== null);
  const elsewhere = later.filter(({ node }) => !isWithin(node, loader));
  if (elsewhere.some((assignment) => isGiven(context, assignment, initial))) return "replaced";
  return later.length > 0 ? "changing" : null;
}

/** By whoever calls the function that the assignment is in; or one of several fixed texts. What sets a program up does it once. */
function isGiven(context: CheckContext, { node, value }: Assignment, initial: string | undefined): boolean {
  const { ts } = context;
  const setter = functionAround(ts, node);
  if (!value || /^(?:init|configure|setup|bootstrap|start|register|connect|load)/i.test(setter?.name?.getText() ?? ""))
    return false;
  if (sourcesOf(context, value).size > 0) return true;
  return ts.isStringLiteralLike(value) && value.text !== "" && value.getText() !== initial;
}

/** A function declared inside the function around: its body is looked at too. */
function localFunction({ ts }: CheckContext, declaration: ts.Node): Body[] {
  if (!functionAround(ts, declaration)) return [];
  if (ts.isFunctionDeclaration(declaration)) return [declaration];
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? [value] : [];
}

function isWithin(node: ts.Node, outer: ts.Node): boolean {
  return node.getSourceFile() === outer.getSourceFile() && node.pos >= outer.pos && node.end <= outer.end;
}

const known = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

/** Names of the `let` and `var` at the top of the file. */
function moduleVariablesOf({ ts, sourceFile }: CheckContext): ReadonlySet<string> {
  const before = known.get(sourceFile);
  if (before) return before;
  const lists = sourceFile.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) ? [statement.declarationList] : [],
  );
  const names = lists
    .filter((list) => !(list.flags & ts.NodeFlags.Const))
    .flatMap(({ declarations }) => declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : [])));
  known.set(sourceFile, new Set(names));
  return new Set(names);
}

import type ts from "typescript";
import { walkTree } from "../../context/walk-tree";
import { isAssignment, isWrapper } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { isObserved, isOnlyObserved, isRead } from "./observation";
import { isType, isValue } from "./name-roles";

/** A function whose body is examined: a loader, or a function that it calls. */
export type Body = ts.SignatureDeclaration & { readonly body?: ts.Node | undefined };

/** Code that runs: a function, or the initializer of a field, which runs with the constructor. */
export type Code = Body | ts.PropertyDeclaration;

/** Returns the statements or the expression that runs. */
export function codeOf(code: Code): ts.Node | undefined {
  return (code as Body).body ?? (code as ts.PropertyDeclaration).initializer;
}

export function parametersOf(code: Code): readonly ts.ParameterDeclaration[] {
  return (code as Partial<Body>).parameters ?? [];
}

/** The expressions that a body reads according to its text, including nested functions. */
export interface PartsRead {
  /** Names, and paths at their full length: `this.options.limit`. */
  readonly values: readonly ts.Expression[];
  /** `{ tenant }` of `const { tenant } = this` */
  readonly patterns: readonly {
    readonly name: ts.ObjectBindingPattern;
    readonly initializer: ts.Expression;
  }[];
  /** `({ tenant } = this)` */
  readonly assignments: readonly ts.BinaryExpression[];
  readonly calls: readonly ts.CallExpression[];
  readonly constructions: readonly ts.NewExpression[];
  /** `sql` of a tagged template */
  readonly tags: readonly ts.Expression[];
}

const known = new WeakMap<ts.Node, PartsRead>();

/**
 * Returns what the body reads. What is only written does not count, nor what is only logged,
 * counted or thrown, because that is not in an entry. The expression that a variable is made of
 * counts only where the variable is read. A decorator runs when the class is made, and not when the
 * loader does.
 */
export function partsReadIn({ ts }: CheckContext, body: Code): PartsRead {
  const before = known.get(body);
  if (before) return before;
  const values: ts.Expression[] = [];
  const patterns: { name: ts.ObjectBindingPattern; initializer: ts.Expression }[] = [];
  const assignments: ts.BinaryExpression[] = [];
  const calls: ts.CallExpression[] = [];
  const constructions: ts.NewExpression[] = [];
  const tags: ts.Expression[] = [];
  const visit = (node: ts.Node): "skip" | undefined => {
    if (isType(ts, node) || ts.isDecorator(node)) return "skip";
    if (isFullPath(ts, node) && !isAliased(ts, node) && isRead(ts, node)) values.push(node);
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isObjectBindingPattern(node.name))
      patterns.push({ name: node.name, initializer: node.initializer });
    if (isAssignment(ts, node) && ts.isObjectLiteralExpression(node.left)) assignments.push(node);
    if (ts.isCallExpression(node) && !isObserved(ts, node) && !isOnlyObserved(ts, node, body))
      calls.push(node);
    if (ts.isNewExpression(node) && !isObserved(ts, node)) constructions.push(node);
    if (ts.isTaggedTemplateExpression(node)) tags.push(node.tag);
    return undefined;
  };
  for (const part of partsOf(body)) walkTree(ts, part, visit);
  const found = { values, patterns, assignments, calls, constructions, tags };
  known.set(body, found);
  return found;
}

/** Whether the node is a name, `this`, or a path that no longer path begins with. */
function isFullPath(compiler: typeof ts, node: ts.Node): node is ts.Expression {
  const { ThisKeyword, SuperKeyword } = compiler.SyntaxKind;
  const isPath =
    compiler.isPropertyAccessExpression(node) ||
    compiler.isElementAccessExpression(node) ||
    node.kind === ThisKeyword ||
    node.kind === SuperKeyword ||
    (compiler.isIdentifier(node) && isValue(compiler, node));
  if (!isPath) return false;
  let outer: ts.Node = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  const { parent } = outer;
  const isAccess =
    compiler.isPropertyAccessExpression(parent) || compiler.isElementAccessExpression(parent);
  return !(isAccess && parent.expression === outer);
}

/** Recognises `this` in `const self = this`: the variable is followed to it. */
function isAliased(compiler: typeof ts, node: ts.Node): boolean {
  let outer = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  const { parent } = outer;
  return compiler.isVariableDeclaration(parent) && parent.initializer === outer;
}

const knownNames = new WeakMap<ts.Node, readonly ts.Identifier[]>();

/** Returns all names that a body reads, in the same sense. */
export function namesReadBy({ ts }: CheckContext, body: Code): readonly ts.Identifier[] {
  const before = knownNames.get(body);
  if (before) return before;
  const names: ts.Identifier[] = [];
  const visit = (node: ts.Node): "skip" | undefined => {
    if (isType(ts, node) || ts.isDecorator(node)) return "skip";
    if (ts.isIdentifier(node) && isValue(ts, node) && isRead(ts, node)) names.push(node);
    return undefined;
  };
  for (const part of partsOf(body)) walkTree(ts, part, visit);
  knownNames.set(body, names);
  return names;
}

function partsOf(code: Code): readonly ts.Node[] {
  const parameters = parametersOf(code);
  const body = codeOf(code);
  return body ? [...parameters, body] : parameters;
}

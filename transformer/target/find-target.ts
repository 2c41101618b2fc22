import type ts from "typescript";
import { type FileContext } from "../context/file-context";
import { type FoundDirective } from "../directive/find-directives";
import { implementationOf } from "./overloads";
import { type TargetNode } from "./target-node";
import { boundName, containersOf, holderOf, nameText } from "./target-names";
import { isAssignment, unwrap } from "../context/wrappers";

/** The function that a directive applies to, and how it is held. */
export interface Target {
  readonly node: TargetNode;
  /** The name as in the source, without its containers; null if it has none. */
  readonly name: string | null;
  /** Names of the enclosing functions, classes, objects and namespaces, outermost first. */
  readonly containers: readonly string[];
}

/** Why a directive has no target that it can apply to. */
export type Refusal =
  | { readonly kind: "no-target"; readonly above: string }
  | { readonly kind: "unsupported"; readonly owner: string; readonly what: string };

export type FoundTarget = Target | Refusal;

/** Climbs from the token after the comment to the node that the comment is above. */
export function findTarget(
  context: FileContext,
  { token, trailing, word }: Pick<FoundDirective, "token" | "trailing" | "word">,
): FoundTarget {
  const { ts, sourceFile } = context;
  if (token.kind === ts.SyntaxKind.EndOfFileToken)
    return { kind: "no-target", above: "at the end of the file" };
  if (trailing && !isInHead(context, token))
    return { kind: "no-target", above: "after something else on its line" };
  for (let node: ts.Node = token; node !== sourceFile; node = node.parent) {
    if (!ownsToken(context, node, token)) break;
    const found = targetAt(context, node, word.start);
    if (found) return found;
  }
  return { kind: "no-target", above: describePlace(context, token) };
}

/**
 * Whether the token belongs to the head of a node whose first token comes before the comment:
 * `@dec() // @zcache`, `export // @zcache`.
 */
function isInHead({ ts, sourceFile }: FileContext, token: ts.Node): boolean {
  const start = token.getStart(sourceFile);
  for (let node = token.parent; node && node !== sourceFile; node = node.parent) {
    const isHolder =
      ts.isClassElement(node) || ts.isFunctionDeclaration(node) || ts.isVariableStatement(node);
    if (isHolder)
      return node.getStart(sourceFile) < start && ownsToken({ ts, sourceFile }, node, token);
  }
  return false;
}

type Place = Pick<FileContext, "ts" | "sourceFile">;

/**
 * Whether the token is the node's first one, or one of its head: the first of a decorator or
 * modifier, `function`, `const`, or the name.
 */
function ownsToken({ ts, sourceFile }: Place, node: ts.Node, token: ts.Node): boolean {
  const start = token.getStart(sourceFile);
  if (node === token || node.getStart(sourceFile) === start) return true;
  if (start > headEnd({ ts, sourceFile }, node)) return false;
  if (token.parent === node) return true;
  const {
    modifiers = [],
    declarationList,
    name,
  } = node as { modifiers?: readonly ts.Node[]; declarationList?: ts.Node; name?: ts.Node };
  return [...modifiers, declarationList, name].some((part) => part?.getStart(sourceFile) === start);
}

/**
 * Returns where the last token of the head begins. A comment after it is among the parameters, or
 * in the body.
 */
function headEnd({ ts, sourceFile }: Place, node: ts.Node): number {
  const { name, declarationList } = node as { name?: ts.Node; declarationList?: ts.Node };
  const last = name ?? declarationList;
  if (last) return last.getStart(sourceFile);
  if (ts.isFunctionLike(node)) return node.parameters.pos - 1;
  return ts.isExportAssignment(node)
    ? node.expression.getStart(sourceFile)
    : node.getStart(sourceFile);
}

/**
 * Recognises the nodes that a directive can be above. Undefined means that the search continues
 * further out.
 */
function targetAt(context: FileContext, node: ts.Node, position: number): FoundTarget | undefined {
  const { ts } = context;
  if (ts.isFunctionDeclaration(node)) return declarationTarget(context, node);
  if (ts.isMethodDeclaration(node)) return methodTarget(context, node);
  if (ts.isConstructorDeclaration(node))
    return unsupported("constructor", "a constructor makes a new object each time.");
  if (ts.isAccessor(node))
    return unsupported(
      nameText(context, node.name) ?? "accessor",
      "it is an accessor. Make it an async method.",
    );
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
    return expressionTarget(context, node);
  // A property, variable, assignment or default export whose value is a function.
  if (
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isVariableDeclaration(node)
  )
    return valueTarget(context, node, node.initializer);
  if (ts.isExportAssignment(node) || ts.isReturnStatement(node))
    return valueTarget(context, node, node.expression);
  if (ts.isExpressionStatement(node) && isAssignment(ts, node.expression))
    return valueTarget(context, node, node.expression.right);
  if (ts.isVariableStatement(node)) {
    const { declarations } = node.declarationList;
    const [first] = declarations;
    if (first && declarations.length === 1) return valueTarget(context, first, first.initializer);
    return {
      kind: "no-target",
      above: "above several variables. Put it right before the one it is meant for",
    };
  }
  if (ts.isShorthandPropertyAssignment(node))
    return { kind: "no-target", above: "above a property whose value is elsewhere" };
  if (ts.isMethodSignature(node) || ts.isPropertySignature(node))
    return { kind: "no-target", above: "above a member of a type, which has no body" };
  if (ts.isStatement(node) && position < node.getStart(context.sourceFile))
    return { kind: "no-target", above: describeStatement(context, node) };
  return undefined;
}

function declarationTarget(context: FileContext, node: ts.FunctionDeclaration): FoundTarget {
  const { ts } = context;
  const implementation = implementationOf(ts, node);
  const name = node.name?.text ?? "default";
  if (!implementation) return unsupported(name, "it has no body here.");
  return { node: implementation, name, containers: containersOf(context, node) };
}

function methodTarget(context: FileContext, node: ts.MethodDeclaration): FoundTarget {
  const { ts } = context;
  const name = nameText(context, node.name);
  if (name === null)
    return unsupported(
      "A method with a computed name",
      "its name is not known before the program runs.",
    );
  const implementation = implementationOf(ts, node);
  if (!implementation)
    return unsupported(
      name,
      ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Abstract
        ? "it is abstract. Annotate the methods that implement it."
        : "it has no body here.",
    );
  return { node: implementation, name, containers: containersOf(context, node) };
}

type ValueHolder =
  | ts.PropertyDeclaration
  | ts.PropertyAssignment
  | ts.VariableDeclaration
  | ts.ExportAssignment
  | ts.ReturnStatement
  | ts.ExpressionStatement;

function valueTarget(
  context: FileContext,
  holder: ValueHolder,
  value: ts.Expression | undefined,
): FoundTarget | undefined {
  const inner = value && unwrap(context.ts, value);
  if (inner && (context.ts.isArrowFunction(inner) || context.ts.isFunctionExpression(inner)))
    return expressionTarget(context, inner);
  return { kind: "no-target", above: `above ${describeHolder(context, holder)}` };
}

function expressionTarget(
  context: FileContext,
  node: ts.ArrowFunction | ts.FunctionExpression,
): FoundTarget {
  const { ts } = context;
  const holder = holderOf(ts, node);
  if (
    holder &&
    ts.isVariableDeclaration(holder) &&
    !(ts.getCombinedNodeFlags(holder) & ts.NodeFlags.Const)
  ) {
    return unsupported(
      holder.name.getText(),
      "it is bound to a variable that may change. Make it a const.",
    );
  }
  return {
    node,
    name: boundName(context, node),
    containers: containersOf(context, holder ?? node),
  };
}

function unsupported(owner: string, what: string): Refusal {
  return { kind: "unsupported", owner, what };
}

function describeHolder({ ts }: FileContext, holder: ValueHolder): string {
  if (ts.isVariableDeclaration(holder)) return "a variable whose value is not a function";
  if (ts.isPropertyDeclaration(holder) || ts.isPropertyAssignment(holder))
    return "a property whose value is not a function";
  if (ts.isReturnStatement(holder)) return "a return of something that is not a function";
  return "a value that is not a function";
}

function describeStatement({ ts }: FileContext, node: ts.Statement): string {
  if (ts.isClassDeclaration(node)) return "above a class. Put one above each method to cache";
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return "above a type";
  if (ts.isImportDeclaration(node)) return "above an import";
  return "above a statement that declares no function";
}

function describePlace({ ts }: FileContext, token: ts.Node): string {
  if (token.kind === ts.SyntaxKind.CloseBraceToken) return "at the end of a block";
  return "in the middle of a statement";
}

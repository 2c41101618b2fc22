import type ts from "typescript";
import { type CheckContext } from "../plan/check-context";
import { ExpressionTyper, type Types } from "../checks/types/expression-types";
import { type ExpressionScope, scopeOf, withResult } from "../checks/types/expression-scope";
import { type Annotation } from "./annotations";

/**
 * Returns the names that an expression of a template can begin with, or null if the directive is
 * not above anything.
 */
export function scopeIn(
  context: CheckContext,
  { target, isBatch }: Annotation,
  option: string,
): ExpressionScope | null {
  if (!target) return null;
  const scope = scopeOf(context, target.node, isBatch);
  if (option === "key") return scope;
  // Only `when` is evaluated for a result that is null.
  return withResult(context, scope, option === "when" ? "any" : "present");
}

/**
 * Returns the name at an offset of the text of an expression. The text is parsed although the
 * expression may not be finished.
 */
export function nameNodeAt(compiler: typeof ts, text: string, offset: number): ts.Node | null {
  const file = compiler.createSourceFile(
    "expression.ts",
    `(${text}\n)`,
    compiler.ScriptTarget.Latest,
    true,
  );
  const at = offset + 1;
  let found: ts.Node | null = null;
  const visit = (node: ts.Node): void => {
    if (at < node.getStart(file) || at > node.end) return;
    if (compiler.isIdentifier(node) || node.kind === compiler.SyntaxKind.ThisKeyword) found = node;
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * Returns the expression that a property is read from: `org` for `org.id`. Null means that the name
 * is not a property.
 */
export function ownerOf(compiler: typeof ts, name: ts.Node): ts.PropertyAccessExpression | null {
  const { parent } = name;
  return compiler.isPropertyAccessExpression(parent) && parent.name === name ? parent : null;
}

/** Returns the types of an owner without null and undefined. */
export function typesOfOwner(
  context: CheckContext,
  scope: ExpressionScope,
  owner: ts.Expression,
): { types: Types; isNullable: boolean } {
  const { TypeFlags } = context.ts;
  const all = new ExpressionTyper(context, scope, () => {}).typesOf(owner);
  const types =
    all &&
    all.filter(({ flags }) => !(flags & (TypeFlags.Undefined | TypeFlags.Null | TypeFlags.Void)));
  return { types, isNullable: types?.length !== all?.length };
}

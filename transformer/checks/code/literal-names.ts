import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { unwrap } from "../../context/wrappers";

/** `this[field]`, where nothing is known of `field`: any member may be read. */
export const anyName = "*";

/** `tenant` of `{ tenant: t }`, `{ "tenant": t }` and `{ ["tenant"]: t }` */
export function namesOf(context: CheckContext, name: ts.PropertyName): readonly string[] {
  const { ts } = context;
  if (ts.isComputedPropertyName(name)) return literalNames(context, name.expression) ?? [anyName];
  return [name.text];
}

/**
 * Returns the names in `this["tenant"]`, and in `this[field]` if the type of `field` is made of
 * literals. Otherwise it returns null.
 */
export function literalNames(
  { ts, checker }: CheckContext,
  argument: ts.Expression,
): readonly string[] | null {
  const inner = unwrap(ts, argument);
  if (ts.isStringLiteralLike(inner) || ts.isNumericLiteral(inner)) return [inner.text];
  // `"tenant" as keyof this` is that name, and so is `field as "tenant"`, because its author
  // asserts it.
  for (const type of [checker.getTypeAtLocation(inner), checker.getTypeAtLocation(argument)]) {
    const parts = type.isUnion() ? type.types : [type];
    if (parts.every((part) => part.isStringLiteral())) return parts.map(({ value }) => value);
    // `store[key]`, of `const key = Symbol.for("tenant")`. A field of the receiver is looked up by
    // its name in the class, and a symbol is not such a name.
    if (type.flags & ts.TypeFlags.UniqueESSymbol && !isOfThis(ts, argument))
      return [(type as ts.UniqueESSymbolType).escapedName as string];
  }
  return null;
}

function isOfThis(compiler: typeof ts, argument: ts.Expression): boolean {
  const access = argument.parent;
  return (
    compiler.isElementAccessExpression(access) &&
    unwrap(compiler, access.expression).kind === compiler.SyntaxKind.ThisKeyword
  );
}

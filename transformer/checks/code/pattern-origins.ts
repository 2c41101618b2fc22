import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { elementOrigins, originsOf, propertyOrigins } from "./trace-origins";
import { namesOf } from "./literal-names";
import { type Origin, type Scope } from "./origin";

/** Returns the origins of each name that a pattern binds: `tenant` in `const { tenant } = this`. */
export function originsOfPattern(
  context: CheckContext,
  pattern: ts.ObjectBindingPattern,
  values: readonly Origin[],
): readonly { readonly element: ts.BindingElement; readonly origins: readonly Origin[] }[] {
  const { ts } = context;
  return pattern.elements.flatMap((element) => {
    const origins = elementOrigins(context, element, values);
    if (element.dotDotDotToken || !ts.isObjectBindingPattern(element.name))
      return [{ element, origins }];
    return originsOfPattern(context, element.name, origins);
  });
}

/**
 * Returns the origins of what a pattern on the left of an assignment takes: `tenant` of `({ tenant
 * } = this)`.
 */
export function originsOfAssignment(
  context: CheckContext,
  scope: Scope,
  { left, right }: ts.BinaryExpression,
): readonly { readonly node: ts.Node; readonly origins: readonly Origin[] }[] {
  const { ts } = context;
  if (!ts.isObjectLiteralExpression(left)) return [];
  const values = originsOf(context, scope, right);
  if (values.length === 0) return [];
  return left.properties.flatMap((property) => {
    const { name } = property;
    if (!name) return [];
    const origins = namesOf(context, name).flatMap((one) =>
      propertyOrigins(context, values, right, one, property),
    );
    return { node: property, origins };
  });
}

import type ts from "typescript";
import { createStatements } from "./code";
import { type Emission, type Planned } from "./emission";
import { usesSuper } from "./mentions";
import { memberOf, wrapLoader } from "./rewrite-function-expression";

/**
 * Methods become properties: `{ async m() { … } }` → `{ m: zc.wrap(m_plan, { async m() { … } }.m) }`.
 * Those that use `super` must stay methods: `zc.object({ async m() { … } }, [["m", m_plan]])`.
 * Where a default key has to tell the literal from copies of it, the runtime is shown it: `zc.literal({ … })`.
 */
export function rewriteObjectLiteral(emission: Emission, literal: ts.ObjectLiteralExpression): ts.Expression {
  const { ts } = emission.context;
  const kept: string[] = [];
  let changed = false;
  const properties = literal.properties.map((property) => {
    const planned = ts.isMethodDeclaration(property) ? emission.plannedOf(property) : undefined;
    if (!planned || !ts.isMethodDeclaration(property)) return property;
    if (!usesSuper(ts, property)) {
      changed = true;
      return createProperty(emission, property, planned);
    }
    kept.push(`[${JSON.stringify(planned.target.name)}, ${planned.planName}]`);
    return property;
  });
  let rewritten: ts.Expression = changed ? ts.factory.updateObjectLiteralExpression(literal, properties) : literal;
  if (kept.length > 0) {
    const [list] = createStatements(ts, `[${kept.join(", ")}]`) as [ts.ExpressionStatement];
    rewritten = emission.runtimeCall("object", [rewritten, list.expression]);
  }
  return emission.isHome(literal) ? emission.runtimeCall("literal", [rewritten]) : rewritten;
}

function createProperty(emission: Emission, method: ts.MethodDeclaration, planned: Planned): ts.PropertyAssignment {
  const { ts } = emission.context;
  const { factory } = ts;
  const name = planned.target.name as string;
  // The property prints its comments.
  const copy = factory.createMethodDeclaration(
    method.modifiers,
    undefined,
    method.name,
    undefined,
    method.typeParameters,
    method.parameters,
    method.type,
    method.body,
  );
  const loader = ts.setEmitFlags(ts.setTextRange(copy, method), ts.EmitFlags.NoComments);
  // As a plain property's name, it would set the prototype.
  const propertyName =
    name === "__proto__" ? factory.createComputedPropertyName(factory.createStringLiteral(name)) : method.name;
  return ts.setTextRange(
    factory.createPropertyAssignment(propertyName, wrapLoader(emission, planned, memberOf(emission, loader, name))),
    method,
  );
}

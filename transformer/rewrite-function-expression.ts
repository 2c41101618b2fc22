import type ts from "typescript";
import { type Emission, type Planned } from "./emission";
import { nameFromPlace } from "./target-names";
import { visitNames } from "./word-places";

/**
 * `async (id) => …` → `zc.wrap(load_plan, { load: async (id) => … }.load)`
 *
 * A function has its name from what it is assigned to, which behind a call is lost: so it is a property of that name first.
 *
 * `async function self(id) { … self(id - 1) … }` → `(self => self = zc.wrap(load_plan, { self: async function (id) { … } }.self))()`
 *
 * Inside a function expression its own name is what callers hold, the cached function.
 */
export function rewriteFunctionExpression(
  emission: Emission,
  node: ts.ArrowFunction | ts.FunctionExpression,
  planned: Planned,
): ts.Expression {
  const { ts } = emission.context;
  const { factory } = ts;
  const name = ts.isFunctionExpression(node) ? node.name?.text : undefined;
  if (ts.isArrowFunction(node) || name === undefined) {
    const placeName = nameFromPlace(emission.context, planned.target.node as typeof node);
    return wrapLoader(emission, planned, placeName === null ? node : asProperty(emission, placeName, node));
  }
  if (!mentionsItself(emission, planned, name)) return wrapLoader(emission, planned, node);
  const anonymous = factory.updateFunctionExpression(
    node,
    node.modifiers,
    node.asteriskToken,
    undefined,
    node.typeParameters,
    node.parameters,
    node.type,
    node.body,
  );
  const own = factory.createIdentifier(name);
  const cached = wrapLoader(emission, planned, asProperty(emission, name, anonymous));
  const binding = factory.createArrowFunction(
    undefined,
    undefined,
    [factory.createParameterDeclaration(undefined, undefined, own)],
    undefined,
    undefined,
    factory.createAssignment(own, cached),
  );
  return factory.createCallExpression(factory.createParenthesizedExpression(binding), undefined, []);
}

/** Also where it is another variable or a property of that name: to bind it once more does no harm. */
function mentionsItself({ context: { ts } }: Emission, { target }: Planned, name: string): boolean {
  let count = 0;
  visitNames(ts, target.node, new Set([name]), () => count++);
  return count > 1;
}

/** `zc.wrap(load_plan, loader)`. Where the key depends on the `this` of an arrow function, which no call can give: `zc.wrap(load_plan, loader, void 0, this)` */
export function wrapLoader(
  emission: Emission,
  { planName, plan, target }: Planned,
  loader: ts.Expression,
): ts.Expression {
  const { ts } = emission.context;
  const lexicalThis = ts.isArrowFunction(target.node) && (plan.templatesUseThis || plan.home !== null);
  const args: ts.Expression[] = [ts.factory.createIdentifier(planName), loader];
  if (lexicalThis) args.push(ts.factory.createVoidZero(), ts.factory.createThis());
  return emission.runtimeCall("wrap", args);
}

/** `{ name: value }.name`, so that a function without a name has this one. */
function asProperty(emission: Emission, name: string, value: ts.Expression): ts.Expression {
  const { ts } = emission.context;
  const { factory } = ts;
  const text = factory.createStringLiteral(name);
  const plainKey = isIdentifier(name) ? factory.createIdentifier(name) : text;
  // As a plain property's name, it would set the prototype.
  const key = name === "__proto__" ? factory.createComputedPropertyName(text) : plainKey;
  return memberOf(emission, factory.createPropertyAssignment(key, value), name);
}

/** `{ member }.name` */
export function memberOf(
  { context: { ts } }: Emission,
  member: ts.ObjectLiteralElementLike,
  name: string,
): ts.Expression {
  const { factory } = ts;
  const literal = factory.createObjectLiteralExpression([member]);
  return isIdentifier(name)
    ? factory.createPropertyAccessExpression(literal, name)
    : factory.createElementAccessExpression(literal, factory.createStringLiteral(name));
}

function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
}

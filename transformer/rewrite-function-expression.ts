import type ts from "typescript";
import { type Emission, type Planned } from "./emission";

/** `async (id) => …` → `zc.wrap(load_plan, async (id) => …, "load")` */
export function rewriteFunctionExpression(
  emission: Emission,
  node: ts.ArrowFunction | ts.FunctionExpression,
  planned: Planned,
): ts.Expression {
  const { ts } = emission.context;
  // The name that a function gets from what it is assigned to is lost behind a call.
  const name = (ts.isFunctionExpression(node) ? node.name?.text : undefined) ?? planned.target.name;
  const { templatesUseThis, home } = planned.plan;
  const lexicalThis = ts.isArrowFunction(node) && (templatesUseThis || home !== null);
  return wrapLoader(emission, planned, node, name, lexicalThis);
}

/** @param lexicalThis the key depends on the `this` of an arrow function, which no call can give */
export function wrapLoader(
  emission: Emission,
  { planName }: Planned,
  loader: ts.Expression,
  name: string | null,
  lexicalThis: boolean,
): ts.Expression {
  const { factory } = emission.context.ts;
  const args: ts.Expression[] = [factory.createIdentifier(planName), loader];
  if (name !== null || lexicalThis)
    args.push(name === null ? factory.createVoidZero() : factory.createStringLiteral(name));
  if (lexicalThis) args.push(factory.createThis());
  return emission.runtimeCall("wrap", args);
}

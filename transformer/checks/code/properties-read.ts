import type ts from "typescript";
import { isWrapper } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { isPrimitive } from "../types/value-types";
import { type Body, namesReadBy } from "./loader-reads";
import { functionOfExpression } from "./target-of-expression";
import { valueSymbol } from "./value-symbol";

/** How many functions an argument is followed through. */
const maxCalls = 2;

/**
 * Returns the properties of a parameter that one use of it reads, with the path to each: `limit` of
 * `options.limit` and of `const { limit } = options`, `user.organisation` of
 * `request.user.organisation`. Code that is given the whole object reads all of it, unless the
 * program has that code.
 */
export function propertiesRead(
  context: CheckContext,
  use: ts.Identifier,
  calls = 0,
): readonly string[] {
  const { ts, checker } = context;
  let value: ts.Node = use;
  while (isWrapper(ts, value.parent)) value = value.parent;
  const { parent } = value;
  if (ts.isPropertyAccessExpression(parent)) return pathRead(context, parent) ?? [];
  if (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name))
    return parent.name.elements.flatMap((element) => {
      if (element.dotDotDotToken) return allProperties(context, checker.getTypeAtLocation(element));
      const name = element.propertyName ?? element.name;
      const isPlain = isPrimitive(context, checker.getTypeAtLocation(element));
      return ts.isIdentifier(name) && isPlain ? [name.text] : [];
    });
  if (ts.isSpreadAssignment(parent)) return allProperties(context, checker.getTypeAtLocation(use));
  if (!ts.isCallExpression(parent) || parent.expression === value) return [];
  const called: Body | undefined = functionOfExpression(context, parent.expression)?.node;
  const parameter = called?.parameters[parent.arguments.indexOf(value as ts.Expression)];
  if (!called?.body || !parameter || parameter.dotDotDotToken || calls === maxCalls) return [];
  if (!ts.isIdentifier(parameter.name)) return namesBound(ts, parameter.name);
  return usesOf(context, called, parameter.name).flatMap((one) =>
    propertiesRead(context, one, calls + 1),
  );
}

/** Returns what a body reads of a name that it declares. */
export function usesOf(context: CheckContext, body: Body, name: ts.Identifier): ts.Identifier[] {
  const symbol = context.checker.getSymbolAtLocation(name);
  return namesReadBy(context, body).filter(
    (use) => use.text === name.text && valueSymbol(context, use) === symbol,
  );
}

/** `user.organisation`, up to the first step whose value could be a part of a key */
function pathRead(
  context: CheckContext,
  first: ts.PropertyAccessExpression,
): readonly string[] | null {
  const { ts, checker } = context;
  const steps: string[] = [];
  for (let step: ts.Node = first; ts.isPropertyAccessExpression(step); step = step.parent) {
    steps.push(step.name.text);
    if (isPrimitive(context, checker.getTypeAtLocation(step))) return [steps.join(".")];
    while (isWrapper(ts, step.parent)) step = step.parent;
  }
  return null;
}

function allProperties(context: CheckContext, type: ts.Type): readonly string[] {
  const { checker } = context;
  const present = checker.getNonNullableType(type);
  return checker
    .getPropertiesOfType(present)
    .filter((one) => isPrimitive(context, checker.getTypeOfSymbol(one)))
    .map(({ name }) => name);
}

/** `status` of `function whereOf({ status }: Filter)` */
function namesBound(compiler: typeof ts, pattern: ts.BindingPattern): readonly string[] {
  if (!compiler.isObjectBindingPattern(pattern)) return [];
  return pattern.elements.flatMap(({ dotDotDotToken, propertyName, name }) => {
    const key = propertyName ?? name;
    return !dotDotDotToken && compiler.isIdentifier(key) ? [key.text] : [];
  });
}

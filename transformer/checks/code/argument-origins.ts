import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { type Code, parametersOf } from "./loader-reads";
import { type Origin, type Scope, variableAt } from "./origin";
import { originsOfPattern } from "./pattern-origins";
import { isWithin } from "./syntax-ranges";
import { originsOf } from "./trace-origins";

/** What a call gives to the parameters of a function. */
export interface GivenArguments {
  readonly given: ReadonlyMap<ts.Symbol, readonly Origin[]>;
  /** The names of parameters for which the call has a literal: `isOn("beta")`. */
  readonly fixed: ReadonlySet<string> | undefined;
}

export function givenToParameters(
  context: CheckContext,
  caller: Scope,
  body: Code,
  values: readonly (ts.Expression | undefined)[],
): GivenArguments {
  const { ts, checker } = context;
  const given = new Map<ts.Symbol, readonly Origin[]>();
  const parameters = parametersOf(body).filter((one) => one.name.getText() !== "this");
  parameters.forEach((parameter, i) => {
    const value = parameter.dotDotDotToken ? undefined : values[i];
    const origins = value ? originsFromOutside(context, caller, value) : [];
    if (origins.length === 0) return;
    if (ts.isIdentifier(parameter.name)) {
      const symbol = checker.getSymbolAtLocation(parameter.name);
      if (symbol) given.set(symbol, origins);
    } else if (ts.isObjectBindingPattern(parameter.name)) {
      for (const bound of originsOfPattern(context, parameter.name, origins)) {
        const symbol = checker.getSymbolAtLocation(bound.element.name);
        if (symbol) given.set(symbol, bound.origins);
      }
    }
  });
  const isFixed = (_: unknown, i: number): boolean =>
    values[i] !== undefined && ts.isLiteralExpression(values[i]);
  const fixed = parameters.filter(isFixed).map((one) => one.name.getText());
  return { given, fixed: fixed.length > 0 ? new Set(fixed) : undefined };
}

/** Returns origins, without those that are parameters of the calling function itself. */
export function originsFromOutside(
  context: CheckContext,
  caller: Scope,
  argument: ts.Expression,
): readonly Origin[] {
  if (context.ts.isSpreadElement(argument)) return [];
  return originsOf(context, caller, argument).filter((origin) => {
    const declaration = variableAt(origin)?.valueDeclaration;
    return !declaration || !isWithin(declaration, caller.body);
  });
}

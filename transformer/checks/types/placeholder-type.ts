import type ts from "typescript";
import { type PlannedTarget } from "../../plan/analyze-file";
import { parseExpression } from "../../directive/expression";
import { storedTypeOf } from "../../plan/type-graph";
import { type CheckContext } from "../../plan/check-context";

/**
 * Returns the type of a placeholder's expression if it is a name or a path, and otherwise null. In
 * a batch the first name is one id.
 */
export function placeholderType(
  context: CheckContext,
  planned: PlannedTarget,
  expression: string,
): ts.Type | null {
  const parsed = parseExpression(context.ts, expression);
  return "node" in parsed ? typeOfPath(context, planned, parsed.node) : null;
}

function typeOfPath(
  context: CheckContext,
  planned: PlannedTarget,
  node: ts.Expression,
): ts.Type | null {
  const { ts, checker } = context;
  if (ts.isIdentifier(node)) return typeOfName(context, planned, node.text);
  if (node.kind === ts.SyntaxKind.ThisKeyword) {
    const owner = ts.findAncestor(planned.target.node, (outer) => ts.isClassLike(outer));
    return owner ? checker.getTypeAtLocation(owner) : null;
  }
  if (!ts.isPropertyAccessExpression(node)) return null;
  const owner = typeOfPath(context, planned, node.expression);
  const property = owner && checker.getNonNullableType(owner).getProperty(node.name.text);
  return property ? checker.getTypeOfSymbolAtLocation(property, planned.target.node) : null;
}

function typeOfName(
  context: CheckContext,
  { target, plan }: PlannedTarget,
  name: string,
): ts.Type | null {
  const { ts, checker } = context;
  const parameters = target.node.parameters.filter(
    (parameter) => parameter.name.getText() !== "this",
  );
  const [first] = parameters;
  if (
    plan.batch &&
    first &&
    !parameters.some((parameter, i) => i > 0 && bindsName(ts, parameter.name, name))
  ) {
    return elementType(checker, checker.getTypeAtLocation(first));
  }
  // The names of destructured parameters' positions are made up.
  const position = /^_+(\d+)$/.exec(name)?.[1];
  const byPosition = position === undefined ? undefined : parameters[Number(position)];
  const own = parameters
    .map((parameter) => bindsName(ts, parameter.name, name))
    .find((found) => found);
  if (name === "result" && !own) return storedTypeOf(ts, checker, target.node, plan.batch !== null);
  const declaration = own ?? byPosition;
  return declaration ? checker.getTypeAtLocation(declaration) : null;
}

function bindsName(
  compiler: typeof ts,
  binding: ts.BindingName,
  name: string,
): ts.Node | undefined {
  if (compiler.isIdentifier(binding)) return binding.text === name ? binding : undefined;
  const elements = binding.elements.filter(
    (element) => !compiler.isOmittedExpression(element),
  ) as ts.BindingElement[];
  return elements.map((element) => bindsName(compiler, element.name, name)).find((found) => found);
}

function elementType(checker: ts.TypeChecker, type: ts.Type): ts.Type | null {
  return checker.isArrayLikeType(type)
    ? (checker.getTypeArguments(type as ts.TypeReference)[0] ?? null)
    : null;
}

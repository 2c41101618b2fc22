import type ts from "typescript";
import { type TargetNode } from "../../target/target-node";
import { madeUpParameter, parametersOf } from "../../target/parameters";
import { storedTypeOf } from "../../plan/type-graph";
import { type CheckContext } from "../../plan/check-context";

/** A parameter as templates see it: in a batch, the first is one id. */
export interface TypedParameter {
  /** The name in messages, or the position if it is destructured. */
  readonly label: string;
  /** The name in a template, or null if there are several. */
  readonly name: string | null;
  readonly type: ts.Type;
}

/** The types of what a template can name. */
export interface ExpressionScope {
  readonly parameters: readonly TypedParameter[];
  readonly names: ReadonlyMap<string, ts.Type>;
  /** The type of `this`, or null if it is not known. */
  readonly receiver: ts.Type | null;
  /** The type that is stored under one key. */
  readonly result: ts.Type | null;
}

export function scopeOf(
  context: CheckContext,
  node: TargetNode,
  isBatch: boolean,
): ExpressionScope {
  const { ts, checker } = context;
  const names = new Map<string, ts.Type>();
  const parameters: TypedParameter[] = [];
  const declarations = node.parameters.filter(
    ({ name }) => !(ts.isIdentifier(name) && name.text === "this"),
  );
  declarations.forEach((declaration, i) => {
    const { name } = declaration;
    const type = parameterType(context, declaration);
    if (i === 0 && isBatch) {
      const id =
        (ts.isIdentifier(name) && checker.getIndexTypeOfType(type, ts.IndexKind.Number)) || type;
      const others = parametersOf({ ...context, report: () => {} }, node).slice(1);
      const { local } = madeUpParameter("id", others);
      names.set(local, id);
      parameters.push({ label: local, name: local, type: id });
      return;
    }
    if (ts.isIdentifier(name)) names.set(name.text, type);
    else addBoundNames(context, name, names);
    const isNamed = ts.isIdentifier(name);
    parameters.push({
      label: isNamed ? name.text : `${i + 1}`,
      name: isNamed ? name.text : null,
      type,
    });
  });
  const result = storedTypeOf(ts, checker, node, isBatch);
  return { parameters, names, receiver: receiverType(context, node), result };
}

/**
 * Returns the scope of code that may name the result: any result, or one that is not null or
 * undefined. A parameter of that name hides it.
 */
export function withResult(
  { checker }: CheckContext,
  scope: ExpressionScope,
  which: "any" | "present",
): ExpressionScope {
  if (!scope.result || scope.names.has("result")) return scope;
  const result = which === "any" ? scope.result : checker.getNonNullableType(scope.result);
  return { ...scope, names: new Map([...scope.names, ["result", result]]) };
}

/**
 * Returns the type of a parameter. With a literal default it is never undefined in a key; other
 * defaults are reported elsewhere.
 */
function parameterType({ checker }: CheckContext, declaration: ts.ParameterDeclaration): ts.Type {
  const type = checker.getTypeAtLocation(declaration);
  if (!declaration.initializer) return type;
  const isNullable =
    type.isUnion() && type.types.some((member) => member === checker.getNullType());
  return isNullable ? type : checker.getNonNullableType(type);
}

function addBoundNames(
  context: CheckContext,
  pattern: ts.BindingPattern,
  names: Map<string, ts.Type>,
): void {
  const { ts, checker } = context;
  for (const element of pattern.elements) {
    if (ts.isOmittedExpression(element)) continue;
    if (!ts.isIdentifier(element.name)) addBoundNames(context, element.name, names);
    else names.set(element.name.text, checker.getTypeAtLocation(element.name));
  }
}

/** Looks outwards, past arrow functions, for what binds `this`. */
export function receiverType(context: CheckContext, node: ts.Node): ts.Type | null {
  const { ts, checker } = context;
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isArrowFunction(at)) continue;
    if (ts.isFunctionLike(at)) {
      const [first] = at.parameters;
      if (first && ts.isIdentifier(first.name) && first.name.text === "this")
        return checker.getTypeAtLocation(first);
    }
    if (ts.isClassElement(at) && ts.isClassLike(at.parent))
      return memberReceiver(context, at, at.parent);
    if (ts.isMethodDeclaration(at) && ts.isObjectLiteralExpression(at.parent)) {
      // The place that the literal is put into may have given it another `this`.
      return checker.getContextualType(at.parent) ? null : checker.getTypeAtLocation(at.parent);
    }
    if (ts.isFunctionLike(at)) return null;
  }
  return null;
}

function memberReceiver(
  { ts, checker }: CheckContext,
  member: ts.ClassElement,
  holder: ts.ClassLikeDeclaration,
): ts.Type | null {
  const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
  const type = checker.getTypeAtLocation(holder);
  const isExpression = ts.isClassExpression(holder);
  if (!isStatic)
    return isExpression ? (type.getConstructSignatures()[0]?.getReturnType() ?? null) : type;
  if (isExpression) return type;
  const symbol = holder.name && checker.getSymbolAtLocation(holder.name);
  return symbol ? checker.getTypeOfSymbol(symbol) : null;
}

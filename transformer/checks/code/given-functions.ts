import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { type MemberRead } from "./receiver-reads";
import { someNode } from "../../context/walk-tree";

/** A function. A container of services can't find it by its type, unless a decorator names it. */
export function isGivenByHand(context: CheckContext, { symbol, type }: MemberRead): boolean {
  const { valueDeclaration: declaration } = symbol;
  return (
    declaration !== undefined &&
    type.getCallSignatures().length > 0 &&
    isUndecorated(context, declaration)
  );
}

function isUndecorated({ ts }: CheckContext, declaration: ts.Declaration): boolean {
  const owner = ts.findAncestor(declaration, ts.isClassLike);
  const isDecorated = (node: ts.Node): boolean =>
    ts.canHaveDecorators(node) && (ts.getDecorators(node) ?? []).length > 0;
  const parameters =
    owner?.members.flatMap((one) =>
      ts.isConstructorDeclaration(one) ? [...one.parameters] : [],
    ) ?? [];
  return ![declaration, ...(owner ? [owner] : []), ...parameters].some(isDecorated);
}

/**
 * Recognises `deps: { load: (id: number) => Promise<User> }`: functions that the creator of the
 * object chooses.
 */
export function isObjectOfFunctions(context: CheckContext, { symbol, type }: MemberRead): boolean {
  const { ts, checker } = context;
  const { valueDeclaration: declaration } = symbol;
  const isLiteral = type.getSymbol()?.flags === ts.SymbolFlags.TypeLiteral;
  if (!declaration || !isLiteral || !isUndecorated(context, declaration)) return false;
  return type.getProperties().some((one) => {
    const isFunction = checker.getTypeOfSymbol(one).getCallSignatures().length > 0;
    return (
      isFunction &&
      one.valueDeclaration !== undefined &&
      ts.isPropertySignature(one.valueDeclaration)
    );
  });
}

/** Recognises `load: (id: number) => Promise<T>`, a field of `Source<T>`. */
export function hasTypeOfClass({ ts, checker }: CheckContext, { symbol }: MemberRead): boolean {
  const { valueDeclaration: declaration } = symbol;
  const annotation =
    declaration &&
    (ts.isParameter(declaration) || ts.isPropertyDeclaration(declaration)) &&
    declaration.type;
  if (!annotation) return false;
  return someNode(ts, annotation, (node) => {
    if (!ts.isIdentifier(node)) return false;
    const [parameter] = checker.getSymbolAtLocation(node)?.declarations ?? [];
    return (
      parameter !== undefined &&
      ts.isTypeParameterDeclaration(parameter) &&
      ts.isClassLike(parameter.parent)
    );
  });
}

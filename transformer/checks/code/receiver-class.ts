import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { type TargetNode } from "../../target/target-node";
import { type MemberRead } from "./receiver-reads";
import { writesToField } from "./property-writes";

/**
 * Returns the class whose objects are the receivers, or null if `this` is another object, or none.
 */
export function ownerOf({ ts }: CheckContext, node: TargetNode): ts.ClassLikeDeclaration | null {
  const hasThis = node.parameters.some(({ name }) => name.getText() === "this");
  const outer =
    ts.findAncestor(node, (one) => ts.isClassLike(one) || ts.isObjectLiteralExpression(one)) ??
    null;
  if (hasThis || !outer) return null;
  if (ts.isClassLike(outer)) return outer;
  return ts.isMethodDeclaration(node) && node.parent === outer
    ? null
    : (ts.findAncestor(outer, ts.isClassLike) ?? null);
}

/**
 * Returns what a literal itself has under the name, where the type that it is annotated with says
 * only that there is something: `const model: Model = { grants: ["code"], async load() { …
 * this.grants … } }`.
 */
export function membersOfLiteral(
  context: CheckContext,
  { parent }: TargetNode,
  read: MemberRead,
): MemberRead {
  const { ts, checker } = context;
  if (!ts.isObjectLiteralExpression(parent)) return read;
  const annotated = checker.getContextualType(parent)?.getProperty(read.symbol.name);
  const own = checker.getTypeAtLocation(parent).getProperty(read.symbol.name);
  if (!annotated?.valueDeclaration || !own || checker.getRootSymbols(annotated)[0] !== read.symbol)
    return read;
  const isWritten = writesToField(context, annotated.valueDeclaration).length > 0;
  return isWritten ? read : { ...read, symbol: own };
}

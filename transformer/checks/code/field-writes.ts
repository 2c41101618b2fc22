import type ts from "typescript";
import { visitNodesWith } from "../../context/word-places";
import { isAssignment } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { assignedValue, writeOf } from "./assignments";
import { functionAround } from "./syntax-ranges";

/** A place where a class writes to a field of `this`, or into the object in the field. */
export interface FieldWrite {
  readonly node: ts.Node;
  /** The value is null if the field is made of its previous value. */
  readonly value: ts.Expression | null;
  readonly inConstructor: boolean;
}

/** Returns all assignments to the field of `this` in the class. */
export function writesToOwnField(
  { ts }: CheckContext,
  owner: ts.ClassLikeDeclaration,
  name: string,
): FieldWrite[] {
  const writes: FieldWrite[] = [];
  const isField = (node: ts.Node): node is ts.PropertyAccessExpression =>
    ts.isPropertyAccessExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ThisKeyword &&
    node.name.text === name;
  const add = (node: ts.Node, value: ts.Expression | null): void => {
    writes.push({ node, value, inConstructor: isInConstructor(ts, node, owner) });
  };
  visitNodesWith(ts, owner, [name], (node) => {
    const write = isField(node) ? writeOf(ts, node) : null;
    if (write) add(node, assignedValue(ts, write));
    // `({ tenant: this.tenant } = options)`
    if (!isAssignment(ts, node) || !ts.isObjectLiteralExpression(node.left)) return;
    for (const property of node.left.properties)
      if (ts.isPropertyAssignment(property) && isField(property.initializer)) add(node, node.right);
  });
  return writes;
}

/**
 * `this.headers.authorization = token`, `this.headers["authorization"] = token`,
 * `this.headers.set("authorization", token)`
 */
export function writesInside(
  { ts }: CheckContext,
  owner: ts.ClassLikeDeclaration,
  name: string,
): FieldWrite[] {
  const writes: FieldWrite[] = [];
  visitNodesWith(ts, owner, [name], (node) => {
    const isOfField =
      ts.isPropertyAccessExpression(node) &&
      node.name.text === name &&
      node.expression.kind === ts.SyntaxKind.ThisKeyword;
    const part = isOfField ? node.parent : null;
    if (part && ts.isCallExpression(part) && part.arguments[0] === node && part.arguments[1]) {
      if (part.expression.getText() === "Object.assign")
        writes.push({
          node: part,
          value: part.arguments[1],
          inConstructor: isInConstructor(ts, node, owner),
        });
      return;
    }
    if (!part || !(ts.isPropertyAccessExpression(part) || ts.isElementAccessExpression(part)))
      return;
    if (part.expression !== node) return;
    const call =
      ts.isCallExpression(part.parent) && part.parent.expression === part ? part.parent : null;
    const write = call ?? writeOf(ts, part);
    const value = call ? valueOfSet(ts, part, call) : write && assignedValue(ts, write);
    // If the caller passes the name, it is the key of a row.
    const isNamed =
      ts.isPropertyAccessExpression(part) || ts.isStringLiteralLike(part.argumentExpression);
    if (!write || !value || !isNamed) return;
    writes.push({ node: write, value, inConstructor: isInConstructor(ts, node, owner) });
  });
  return writes;
}

function isInConstructor(
  compiler: typeof ts,
  node: ts.Node,
  owner: ts.ClassLikeDeclaration,
): boolean {
  const around = functionAround(compiler, node);
  return around !== null && around.parent === owner && compiler.isConstructorDeclaration(around);
}

/** The value in `….set("tenant", tenant)` */
function valueOfSet(
  compiler: typeof ts,
  method: ts.Expression,
  { arguments: [name, value] }: ts.CallExpression,
): ts.Expression | null {
  const isSet = compiler.isPropertyAccessExpression(method) && method.name.text === "set";
  return isSet && name && compiler.isStringLiteralLike(name) ? (value ?? null) : null;
}

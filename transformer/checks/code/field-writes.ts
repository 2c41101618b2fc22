import type ts from "typescript";
import { visitNodesWith } from "../../context/word-places";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { assignedValue, writeOf } from "./assignments";
import { writeInto } from "./writes-into";
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
  context: CheckContext,
  owner: ts.ClassLikeDeclaration,
  name: string,
): FieldWrite[] {
  const { ts } = context;
  const writes: FieldWrite[] = [];
  const add = (node: ts.Node, value: ts.Expression | null): void => {
    writes.push({ node, value, inConstructor: isInConstructor(ts, node, owner) });
  };
  visitNodesWith(ts, owner, [name, "Object.assign"], (node) => {
    if (isFieldOfThis(ts, node, name)) {
      const write = writeOf(ts, node);
      if (write) add(node, assignedValue(ts, write));
    } else if (ts.isCallExpression(node)) {
      const value = valueGivenTo(context, node, name);
      if (value) add(node, value);
    }
  });
  return writes;
}

/** `this.tenant` and `this["tenant"]` */
function isFieldOfThis(
  compiler: typeof ts,
  node: ts.Node,
  name: string,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  const isStep =
    compiler.isPropertyAccessExpression(node) || compiler.isElementAccessExpression(node);
  if (!isStep || unwrap(compiler, node.expression).kind !== compiler.SyntaxKind.ThisKeyword)
    return false;
  if (compiler.isPropertyAccessExpression(node)) return node.name.text === name;
  const { argumentExpression: argument } = node;
  return compiler.isStringLiteralLike(argument) && argument.text === name;
}

/**
 * Returns the value in `Object.assign(this, { tenant })` and `Reflect.set(this, "tenant", tenant)`.
 */
function valueGivenTo(
  { ts, checker }: CheckContext,
  call: ts.CallExpression,
  name: string,
): ts.Expression | null {
  const [target, ...rest] = call.arguments;
  if (!target || unwrap(ts, target).kind !== ts.SyntaxKind.ThisKeyword) return null;
  const callee = call.expression.getText();
  const [first, value] = rest;
  if (callee === "Reflect.set")
    return first && ts.isStringLiteralLike(first) && first.text === name ? (value ?? null) : null;
  if (callee !== "Object.assign") return null;
  const source = rest.findLast((one) => checker.getTypeAtLocation(one).getProperty(name));
  if (!source || !ts.isObjectLiteralExpression(source)) return source ?? null;
  const property = source.properties.find((one) => one.name?.getText() === name);
  if (property && ts.isPropertyAssignment(property)) return property.initializer;
  return property && ts.isShorthandPropertyAssignment(property) ? property.name : source;
}

/**
 * `this.headers.authorization = token`, `this.client.defaults.headers["authorization"] = token`,
 * `this.headers.set("authorization", token)`, `this.client.setToken(token)`
 */
export function writesInside(
  { ts }: CheckContext,
  owner: ts.ClassLikeDeclaration,
  name: string,
): FieldWrite[] {
  const writes: FieldWrite[] = [];
  visitNodesWith(ts, owner, [name], (node) => {
    const write = isFieldOfThis(ts, node, name) ? writeInto(ts, node) : null;
    if (write) writes.push({ ...write, inConstructor: isInConstructor(ts, node, owner) });
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

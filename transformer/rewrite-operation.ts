import type ts from "typescript";
import { type RuntimeFunction } from "../runtime/plan";
import { type FileContext } from "./file-context";

const operations = new Set(["refresh", "nocache", "invalidate"]);

/**
 * `a.add.refresh(5)` → `zcache.at(a, "add").refresh(5)`, so that the loader gets its
 * `this`. Also `a?.add.refresh(5)`, `a[name].refresh(5)`, `super.add.refresh(5)`,
 * `this.#add.refresh(5)`. Null: the call is none of these.
 *
 * What is no cached function comes out of `at` as it went in, so that a call which only
 * looks like an operation keeps its meaning.
 */
export function rewriteOperation(context: FileContext, call: ts.CallExpression, runtimeFunction: (name: RuntimeFunction) => ts.Expression): ts.CallExpression | null {
  const { ts } = context;
  const callee = call.expression;
  if (!ts.isPropertyAccessExpression(callee) || !operations.has(callee.name.text)) return null;
  const member = skipAssertions(ts, callee.expression);
  if (!ts.isPropertyAccessExpression(member) && !ts.isElementAccessExpression(member)) return null;
  if (!mayBeOperation(context, callee)) return null;
  const isChain = ts.isOptionalChain(member) || callee.questionDotToken !== undefined;
  const target = createTarget(context, member, ts.isOptionalChain(member), runtimeFunction);
  const { factory } = ts;
  const questionDot = isChain ? factory.createToken(ts.SyntaxKind.QuestionDotToken) : undefined;
  const access = factory.createPropertyAccessChain(target, questionDot, callee.name);
  if (isChain || call.questionDotToken) return factory.updateCallChain(call as ts.CallChain, access, call.questionDotToken, call.typeArguments, call.arguments);
  return factory.updateCallExpression(call, factory.createPropertyAccessExpression(target, callee.name), call.typeArguments, call.arguments);
}

function createTarget({ ts }: FileContext, member: ts.PropertyAccessExpression | ts.ElementAccessExpression, isChain: boolean, runtimeFunction: (name: RuntimeFunction) => ts.Expression): ts.Expression {
  const { factory } = ts;
  const receiver = member.expression;
  const call = (name: RuntimeFunction, args: ts.Expression[]): ts.Expression => factory.createCallExpression(runtimeFunction(name), undefined, args);
  if (receiver.kind === ts.SyntaxKind.SuperKeyword) return call("on", [factory.createThis(), member, nameOf(ts, member)]);
  if (ts.isPropertyAccessExpression(member) && ts.isPrivateIdentifier(member.name)) {
    const name = factory.createStringLiteral(member.name.text);
    if (receiver.kind === ts.SyntaxKind.ThisKeyword) return call("on", [receiver, member, name]);
    // The receiver is evaluated once: (r => zcache.on(r, r.#add, "#add"))(receiver)
    const parameter = factory.createUniqueName("receiver");
    const access = member.questionDotToken
      ? factory.createPropertyAccessChain(parameter, member.questionDotToken, member.name)
      : factory.createPropertyAccessExpression(parameter, member.name);
    const arrow = factory.createArrowFunction(undefined, undefined, [factory.createParameterDeclaration(undefined, undefined, parameter)], undefined, undefined, call("on", [parameter, access, name]));
    return factory.createCallExpression(factory.createParenthesizedExpression(arrow), undefined, [receiver]);
  }
  return call("at", [receiver, nameOf(ts, member), ...(isChain ? [factory.createTrue()] : [])]);
}

function nameOf(ts: FileContext["ts"], member: ts.PropertyAccessExpression | ts.ElementAccessExpression): ts.Expression {
  return ts.isPropertyAccessExpression(member) ? ts.factory.createStringLiteral(member.name.text) : member.argumentExpression;
}

function skipAssertions(ts: FileContext["ts"], expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (ts.isNonNullExpression(inner)) inner = inner.expression;
  return inner;
}

/** With types: is it a member that zcache declares, or of unknown type? Without: it may be. */
function mayBeOperation({ ts, checker }: FileContext, callee: ts.PropertyAccessExpression): boolean {
  const declarations = checker?.getSymbolAtLocation(callee.name)?.declarations;
  if (!declarations) return true;
  return declarations.some(({ parent }) => ts.isInterfaceDeclaration(parent) && parent.name.text === "CallableFunction");
}
